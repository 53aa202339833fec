package profile

import (
	"embed"
	"slices"
	"strings"
)

//go:embed builtin/*.yaml
var builtin embed.FS

// unlisted are built-in profiles that are no formats: a decoder of its own reads the
// first, the others are examples.
var unlisted = []string{"asterisk", "fixed-example", "generic-csv"}

// BuiltinNames are the names of the built-in profiles, sorted.
func BuiltinNames() (names []string) {
	entries, err := builtin.ReadDir("builtin")
	if err != nil {
		panic(err) // they are part of the program
	}
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	slices.Sort(names)
	return names
}

// BuiltinText is the built-in profile of a name, as a file; nil if there is none.
func BuiltinText(name string) []byte {
	text, err := builtin.ReadFile("builtin/" + name + ".yaml")
	if err != nil {
		return nil
	}
	return text
}

// BuiltinAbout says what the built-in profile of a name reads, empty if there is none.
func BuiltinAbout(name string) string {
	if BuiltinText(name) == nil {
		return ""
	}
	return builtinNamed(name).About()
}

// Builtin returns the decoders of the built-in profiles, without those that are there
// to be copied only.
func Builtin() (all []*Decoder) {
	for _, name := range BuiltinNames() {
		if !slices.Contains(unlisted, name) {
			all = append(all, builtinNamed(name))
		}
	}
	return all
}

// builtinNamed compiles a built-in profile.
func builtinNamed(name string) *Decoder {
	d, err := Parse(name+".yaml", BuiltinText(name))
	if err != nil {
		panic(err) // a test reads them all
	}
	return d
}
