package profile

import "github.com/goccy/go-yaml/ast"

// fixed is the kind fixed.
type fixed struct{}

func (*fixed) section(r *reader, n ast.Node) {}
func (*fixed) source(*reader, ast.Node) int  { return 0 }
func (*fixed) compile(*reader) opener        { return nil }
