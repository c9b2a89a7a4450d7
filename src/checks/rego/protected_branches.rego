# opa-1: pushes to protected branches outside of the hours that the data document names, and forced
# pushes to them at any time. README.md beside it says how to compile it and what the policy needs.
#
# input is the check's request: `operation` as the engine was asked, `settings` of the policy, `now`
# (RFC 3339 in UTC) or null. A check has no clock: with `now` null every hour is outside.
package sealward.protected_branches

import rego.v1

violations contains {"code": "push_outside_hours", "message": message} if {
	some push in pushes
	not is_open
	message := sprintf("Push to %q outside of %d:00 to %d:00 UTC", [push.branch, opens, closes])
}

violations contains {"code": "forced_push", "message": message, "severity": "CRITICAL"} if {
	some push in pushes
	push.is_forced
	message := sprintf("Forced push to %q", [push.branch])
}

opens := object.get(data.hours, "from", 8)

closes := object.get(data.hours, "to", 18)

protected := object.get(input.settings, "branches", ["main", "master"])

# The hour from the text itself: nothing is asked of the host but what every host has.
is_open if {
	is_string(input.now)
	hour := to_number(substring(input.now, 11, 2))
	hour >= opens
	hour < closes
	endswith(input.now, "Z")
}

words := split(trim_space(object.get(input.operation, "command", "")), " ")

# Everything behind `git push` that is no option: the remote, then what is pushed. Without a name the
# branch is whatever is checked out, which nobody knows here: that counts as protected.
operands := [word |
	some index, word in words
	index > 1
	word != ""
	not startswith(word, "-")
]

is_push if {
	words[0] == "git"
	words[1] == "push"
}

is_forced if {
	some word in words
	word in {"-f", "--force", "--force-with-lease", "--mirror"}
}

pushes contains {"branch": "(the current branch)", "is_forced": forced("")} if {
	is_push
	count(operands) < 2
}

pushes contains {"branch": branch, "is_forced": forced(operands[index])} if {
	is_push
	some index, operand in operands
	index > 0
	parts := split(trim_prefix(operand, "+"), ":")
	branch := trim_prefix(parts[count(parts) - 1], "refs/heads/")
	some name in protected
	branch == name
}

forced(operand) if is_forced

forced(operand) if startswith(operand, "+")

forced(operand) := false if {
	not is_forced
	not startswith(operand, "+")
}
