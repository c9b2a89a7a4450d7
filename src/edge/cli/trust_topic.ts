/**
 * `help trust`.
 *
 * @module
 */

export const trustTopic = `TRUST

A policy counts only after a person ran "sealward policy accept". The digest of
every policy input is then in the log, and each decision compares:

  trusted     the bytes on disk are the accepted ones
  unaccepted  nobody accepted anything yet: deny (policy_unaccepted)
  tampered    they changed, vanished or cannot be read: deny, exit 5, until the
              accepted bytes are back or a person accepts the new ones

Bytes that are not trusted are never parsed, and no override lifts tampering.

Where a key is trusted (/etc/sealward/trusted_keys), only what it signed counts
("sealward policy sign"), and nothing older than what was in force.

Every decision names its attestation:

  same_uid    the engine runs as the user who asks. Whoever has that user's
              rights can change policy, keys and log: this is detected by the
              next check or by "sealward audit verify", not prevented
  guarded     the engine runs as another user; what it keeps is out of the
              caller's reach

The log is chained and keyed: an edited, removed, inserted or moved entry is
found, with its number. A log cut at its end is found as long as the mark in the
state folder is intact, or by a head code or checkpoint kept elsewhere. That it
verifies convinces who trusts the holder of the audit secret; a checkpoint and
"audit prove" need only the public key.`;
