/**
 * `help overrides`.
 *
 * @module
 */

export const overridesTopic = `OVERRIDES

A denial that a person may lift names a request; a policy that only observes
(enforcement.mode) denies nothing, and offers none. The agent waits, a person
answers, and the agent asks for the same operation again.

  sealward override list          what waits, what is granted, who may approve
  sealward override show ID       what is asked for
  sealward override approve ID    shows it and asks why, for its phrase, and for
                                  the code of your authenticator app
  sealward override deny ID --justification TEXT
  sealward override revoke OVERRIDE_ID --justification TEXT
  sealward override wait ID       for agents: 0 approved, 2 not, 4 no answer yet
  sealward override enroll NAME   makes an approver of the policy able to give
                                  codes; "unenroll" ends that

A code is read from a terminal and from nowhere else: there is no flag, variable
or pipe for it, and it is not shown. Each counts once. After wrong ones, codes
are refused for a while, right ones too. --recovery asks for a recovery code.

Read the whole text before you retype its phrase. What stands last in it is what
the agent says of itself. Who asks often hopes that you no longer read.

WITH AN SSH KEY

  sealward override show ID --to-sign ~/approval --justification TEXT
  ssh-keygen -Y sign -n sealward-override -f KEY ~/approval
  sealward override approve ID --signature ~/approval.sig --justification TEXT

The signature covers the request, what is approved and why: --justification,
--kind and --pattern must be the same both times. Without a terminal, --phrase
must be given too. The file lies outside the project: the agent writes there.

INBOX

Where the policy names a folder (overrides.inbox), both files can be laid there
instead, as REQUESTID.approval and REQUESTID.approval.sig. It and every folder
above may be written by nobody but their owner or root, so never below /tmp; no
links. A server looks every second, without one "override wait" does. Nothing is
deleted there. "sealward doctor" says what does not count.

HOW FAR

  (nothing)          this operation, once
  --kind session     for the rest of the session, what breaks no more than this
  --pattern GLOB     the same on every file that fits

A grant ends with its time, its use, "override revoke", and with the policy it
was made under. The last two kinds need a signed policy that allows them. What
tampering caused, and the engine's own files, nobody can approve.

WHERE

Without a server this process answers, as the console. With --server, or where a
root is guarded, its server does, and you need the approver's token: root finds
it, other people give --token-file. In an install of the agent's own user a code
can be seen and a terminal faked: such approvals say same_uid, and
"overrides.same_uid: deny" refuses them. A security key that is touched holds
there too.`;
