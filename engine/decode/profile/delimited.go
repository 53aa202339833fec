package profile

import "github.com/goccy/go-yaml/ast"

// delimited is the kind delimited.
type delimited struct{}

func (*delimited) section(r *reader, n ast.Node) {}
func (*delimited) source(*reader, ast.Node) int  { return 0 }
func (*delimited) compile(*reader) opener        { return nil }
