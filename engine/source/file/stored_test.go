package file

import (
	"fmt"
	"io"
	"testing"
)

// Size and hash of what was read are those of the file, whether it or its evidence is
// asked, and whether it was read at once or gone on with.
func TestStored(t *testing.T) {
	input := records(300, "\n")
	for kind, stored := range packed(t, input) {
		path := write(t, stored)
		content, err := Content(path)
		if err != nil {
			t.Fatal(err)
		}
		o := Options{BlockSize: 900, Content: true}
		want := fmt.Sprintf("%d %016x", len(stored), content)
		for i, b := range bookmarks(t, open(t, path, o)) {
			f := open(t, path, o)
			if err := f.Resume(t.Context(), b); err != nil {
				t.Fatal(err)
			}
			if _, _, err := drain(f, nil); err != io.EOF {
				t.Fatal(err)
			}
			end, err := f.Bookmark()
			if err != nil {
				t.Fatal(err)
			}
			f.Close()
			size, hash := f.Stored()
			if got := fmt.Sprintf("%d %s", size, hash); got != want {
				t.Errorf("%s, from bookmark %d: %s, want %s", kind, i, got, want)
			}
			size, hash = Stored(end.Evidence)
			if got := fmt.Sprintf("%d %s", size, hash); got != want {
				t.Errorf("%s, by its evidence: %s, want %s", kind, got, want)
			}
		}
		f := open(t, path, Options{})
		drain(f, nil)
		if size, hash := f.Stored(); size != int64(len(stored)) || hash != "" {
			t.Errorf("%s, nobody asked for the hash: %d %s", kind, size, hash)
		}
	}
	if size, hash := Stored("x"); size != -1 || hash != "" {
		t.Errorf("no evidence: %d %s", size, hash)
	}
}
