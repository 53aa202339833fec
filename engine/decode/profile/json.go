package profile

import "github.com/goccy/go-yaml/ast"

// jsonShape is the kind json.
type jsonShape struct{}

func (*jsonShape) section(r *reader, n ast.Node) { r.wrong(placeOf(n), "kind json cannot be read") }
func (*jsonShape) source(*reader, ast.Node) int  { return 0 }
func (*jsonShape) compile(*reader) opener        { return nil }
