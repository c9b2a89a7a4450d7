// Command opabuild compiles Rego to WebAssembly with OPA's own parser, planner and compiler, as
// `opa build -t wasm -e ENTRYPOINT` does, and nothing else: same source, same bytes.
// scripts/build_opa_modules.ts builds it inside a source tree of OPA, whose internal packages it uses.
//
//	opabuild OUT FILE.rego ENTRYPOINT...
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/open-policy-agent/opa/ast"
	"github.com/open-policy-agent/opa/internal/compiler/wasm"
	"github.com/open-policy-agent/opa/internal/planner"
	"github.com/open-policy-agent/opa/internal/wasm/encoding"
)

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: opabuild OUT FILE.rego ENTRYPOINT...")
		os.Exit(64)
	}
	if err := build(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "opabuild:", err)
		os.Exit(1)
	}
}

func build(out, file string, entrypoints []string) error {
	compiler, err := compile(file)
	if err != nil {
		return err
	}
	plan := planner.New().WithModules([]*ast.Module{compiler.Modules[filepath.Base(file)]}).
		WithBuiltinDecls(ast.BuiltinMap)
	queries := []planner.QuerySet{}
	for _, entrypoint := range entrypoints {
		query, err := queryOf(compiler, entrypoint)
		if err != nil {
			return err
		}
		queries = append(queries, query)
	}
	policy, err := plan.WithQueries(queries).Plan()
	if err != nil {
		return err
	}
	module, err := wasm.New().WithPolicy(policy).Compile()
	if err != nil {
		return err
	}
	var bytes bytes.Buffer
	if err := encoding.WriteModule(&bytes, module); err != nil {
		return err
	}
	return os.WriteFile(out, bytes.Bytes(), 0o644)
}

// compile names the module by its base name: messages in the module carry it.
func compile(file string) (*ast.Compiler, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	name := filepath.Base(file)
	module, err := ast.ParseModule(name, string(text))
	if err != nil {
		return nil, err
	}
	compiler := ast.NewCompiler()
	compiler.Compile(map[string]*ast.Module{name: module})
	if compiler.Failed() {
		return nil, compiler.Errors
	}
	return compiler, nil
}

func queryOf(compiler *ast.Compiler, entrypoint string) (planner.QuerySet, error) {
	body, err := ast.ParseBody("result = data." + strings.ReplaceAll(entrypoint, "/", "."))
	if err != nil {
		return planner.QuerySet{}, err
	}
	query := compiler.QueryCompiler()
	compiled, err := query.Compile(body)
	if err != nil {
		return planner.QuerySet{}, err
	}
	return planner.QuerySet{
		Name:          entrypoint,
		Queries:       []ast.Body{compiled},
		RewrittenVars: query.RewrittenVars(),
	}, nil
}
