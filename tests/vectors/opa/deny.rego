# A finding for each environment file an operation writes; sprintf is a built-in of the host.
package sealward

import rego.v1

deny contains finding if {
	some file in input.operation.affected_files
	endswith(file, ".env")
	finding := {
		"code": "environment_file",
		"msg": sprintf("%s is no file for an agent (%d of them)", [file, count(data.names)]),
		"path": file,
		"severity": "HIGH",
	}
}

deny contains sprintf("version %v is too old", [input.settings.version]) if {
	semver.compare(input.settings.version, "1.2.0") < 0
}
