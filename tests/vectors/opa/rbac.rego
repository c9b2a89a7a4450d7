# Who may do what: users have roles, roles have grants, and an admin may do everything.
package app.rbac

import rego.v1

default allow := false

roles := data.user_roles[input.user]

allow if "admin" in roles

allow if {
	some role in roles
	some grant in data.role_grants[role]
	grant.action == input.action
	grant.type == input.type
}
