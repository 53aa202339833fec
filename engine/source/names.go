package source

import "strings"

// PassedOver reports a name that is left out where files are looked for in a
// directory: hidden ones, and those that say that somebody is still writing (*.tmp,
// *.part).
func PassedOver(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".tmp") || strings.HasSuffix(name, ".part")
}
