package spool

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/cdrstream/cdrstream/engine/source"
)

// evidence is what a bookmark tells of the directory. As text it is one line of JSON,
// always in this form:
//
//	{"directory":"6f...","current":{"name":"a/2.csv","size":120,"modified":1764112854000000000,
//	 "bookmark":{"position":{"offset":60,"line":2,"records":0},"evidence":"..."}},"read":[{"name":"a/1.csv",...}]}
type evidence struct {
	Directory string  `json:"directory"`         // the identity in its marker
	Current   *entry  `json:"current,omitempty"` // the file that is being read
	Read      []*read `json:"read,omitempty"`    // those that were read to their end, in the order in which they were
}

// state is a file as it was when it was opened.
type state struct {
	Size     int64 `json:"size"`     // bytes
	Modified int64 `json:"modified"` // nanoseconds since 1970
}

func stateOf(st fs.FileInfo) state { return state{st.Size(), st.ModTime().UnixNano()} }

// entry is a file that was read up to its bookmark.
type entry struct {
	Name name `json:"name"`
	state
	Bookmark source.Bookmark `json:"bookmark"` // of the source of this file. Without evidence: known by its state alone
}

// read is a file of which nothing is to be read any more, as long as it stays what it was.
type read struct {
	entry
	Empty  bool   `json:"empty,omitempty"`  // there was nothing to read: there is no bookmark
	Reason string `json:"reason,omitempty"` // why it goes to the quarantine; the bookmark is then of no use
}

// name is the path of a file relative to the directory, with slashes. Names need not be
// UTF-8, but the text of JSON has to.
type name string

const rawName = "base64:"

func (n name) MarshalText() ([]byte, error) {
	if utf8.ValidString(string(n)) && !strings.HasPrefix(string(n), rawName) {
		return []byte(n), nil
	}
	return []byte(rawName + base64.StdEncoding.EncodeToString([]byte(n))), nil
}

func (n *name) UnmarshalText(text []byte) error {
	coded, raw := strings.CutPrefix(string(text), rawName)
	if !raw {
		*n = name(text)
		return nil
	}
	b, err := base64.StdEncoding.DecodeString(coded)
	*n = name(b)
	return err
}

// valid reports a name that a look through the directory could have found: it does not
// lead out of the directory.
func (n name) valid() bool {
	if n == "" || !fs.ValidPath(strings.ToValidUTF8(string(n), "?")) || path.IsAbs(string(n)) {
		return false
	}
	for _, part := range strings.Split(string(n), "/") {
		if source.PassedOver(part) {
			return false
		}
	}
	return !strings.Contains(string(n), "\x00")
}

func (e *evidence) String() string {
	text, err := json.Marshal(e)
	if err != nil {
		panic(fmt.Sprintf("spool: evidence: %v", err)) // there is nothing in it that has no JSON
	}
	return string(text)
}

// parseEvidence reads the text of an evidence, and nothing that String would write
// differently.
func parseEvidence(text string) (*evidence, error) {
	e := &evidence{}
	if err := json.Unmarshal([]byte(text), e); err != nil {
		return nil, fmt.Errorf("evidence %.300q: %w", text, err)
	}
	if why := e.wrong(); why != "" {
		return nil, fmt.Errorf("evidence %.300q: %s", text, why)
	}
	if e.String() != text {
		return nil, fmt.Errorf("evidence %.300q: is not in the form in which it is written", text)
	}
	return e, nil
}

// wrong says what in e cannot be, "" if there is nothing.
func (e *evidence) wrong() string {
	if !isID(e.Directory) {
		return "no identity of a directory"
	}
	seen := map[name]bool{}
	if e.Current != nil {
		if why := e.Current.wrong(); why != "" {
			return why
		}
		seen[e.Current.Name] = true
	}
	for _, r := range e.Read {
		if r == nil || seen[r.Name] {
			return "a file is listed twice, or nothing is"
		}
		if why := r.wrong(); why != "" {
			return why
		}
		seen[r.Name] = true
	}
	return ""
}

func (e *entry) wrong() string {
	p := e.Bookmark.Position
	switch {
	case !e.Name.valid():
		return fmt.Sprintf("%.300q is no name of a file in the directory", string(e.Name))
	case e.Size < 0 || p.Offset < 0 || p.Line < 0 || p.Records < 0:
		return "a number is negative"
	}
	return ""
}
