package checkpoint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const (
	lockName     = "LOCK"
	manifestName = "MANIFEST"
	tempName     = "MANIFEST.tmp"
)

// FileKind says what a data file holds. Its names begin with it.
type FileKind string

// What a data file holds.
const (
	StateFile FileKind = "state" // subscribers
	DaysFile  FileKind = "days"  // closed days
	OrderFile FileKind = "order" // the reorder buffer
)

// code is the kind as the head of a file has it, which is that of its blocks.
func (k FileKind) code() Kind {
	switch k {
	case StateFile:
		return Subscribers
	case DaysFile:
		return Day
	}
	return piece
}

// identity is what tells a data file from all others of a directory.
type identity struct {
	kind   FileKind
	epoch  uint64
	writer uint32 // 0 of an order file
}

// name is the name of the file.
func (i identity) name() string {
	if i.kind == OrderFile {
		return fmt.Sprintf("%s-%08d", i.kind, i.epoch)
	}
	return fmt.Sprintf("%s-%08d-%03d", i.kind, i.epoch, i.writer)
}

// parseName is the inverse of name.
func parseName(name string) (i identity, ok bool) {
	kind, rest, _ := strings.Cut(name, "-")
	i.kind = FileKind(kind)
	if !slices.Contains([]FileKind{StateFile, DaysFile, OrderFile}, i.kind) {
		return i, false
	}
	epoch, writer, _ := strings.Cut(rest, "-")
	i.epoch, _ = strconv.ParseUint(epoch, 10, 64)
	w, _ := strconv.ParseUint(writer, 10, 32)
	i.writer = uint32(w)
	return i, i.name() == name
}

// content is what a directory holds, by name.
type content struct {
	data    []string // data files, whether MANIFEST names them or not
	foreign []string
	temp    bool // there is a MANIFEST.tmp
}

func sortNames(names []string) (c content) {
	for _, name := range names {
		_, data := parseName(name)
		switch {
		case data:
			c.data = append(c.data, name)
		case name == tempName:
			c.temp = true
		case name != lockName && name != manifestName:
			c.foreign = append(c.foreign, name)
		}
	}
	return c
}

// some names up to three of names.
func some(names []string) string {
	if len(names) > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
	}
	return strings.Join(names, ", ")
}
