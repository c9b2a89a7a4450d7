console.log(Deno.version.deno, Deno.args)
