/** This product's version; a test holds it against deno.json. */
export const version = "0.1.0";
