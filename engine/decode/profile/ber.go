package profile

import "github.com/goccy/go-yaml/ast"

// berShape is the kind ber.
type berShape struct{}

func (*berShape) section(r *reader, n ast.Node) { r.wrong(placeOf(n), "kind ber cannot be read") }
func (*berShape) source(*reader, ast.Node) int  { return 0 }
func (*berShape) compile(*reader) opener        { return nil }
