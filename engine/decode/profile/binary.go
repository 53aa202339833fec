package profile

import "github.com/goccy/go-yaml/ast"

// binaryShape is the kind binary.
type binaryShape struct{}

func (*binaryShape) section(r *reader, n ast.Node) { r.wrong(placeOf(n), "kind binary cannot be read") }
func (*binaryShape) source(*reader, ast.Node) int  { return 0 }
func (*binaryShape) compile(*reader) opener        { return nil }
