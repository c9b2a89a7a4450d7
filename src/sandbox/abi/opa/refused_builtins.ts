/**
 * Built-ins of OPA that no check may use, and why. Only for the message: what is not in
 * opa_builtins.ts is refused, listed here or not.
 *
 * @module
 */
const world = "it reaches out of the sandbox";
const chance = "it is not the same each time";
const slow = "its time cannot be bounded here";
const large = "not built: its formats are large";
const zones = "it needs the host's time zones or layouts";

export const refusedBuiltins: ReadonlyMap<string, string> = new Map([
  ["http.send", world],
  ["net.lookup_ip_addr", world],
  ["opa.runtime", world],
  ["rand.intn", chance],
  ["uuid.rfc4122", chance],
  ["regex.find_n", slow],
  ["regex.globs_match", slow],
  ["regex.replace", slow],
  ["regex.split", slow],
  ["regex.template_match", slow],
  ["json.match_schema", large],
  ["json.verify_schema", large],
  ["strings.render_template", large],
  ["time.format", zones],
  ["time.parse_ns", zones],
  ["yaml.is_valid", large],
  ["yaml.marshal", large],
  ["yaml.unmarshal", large],
]);
