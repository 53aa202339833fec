package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"
)

func TestRemedy(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{syscall.ENOSPC, "make room"},
		{syscall.EDQUOT, "make room"},
		{syscall.EACCES, "writable for this user"},
		{syscall.EPERM, "writable for this user"},
		{syscall.EROFS, "read-only"},
		{syscall.EXDEV, "hard links"},
		{syscall.ENOTSUP, "hard links"},
		{syscall.ENOSYS, "hard links"},
		{&os.LinkError{Op: "link", Err: syscall.EPERM}, "hard links"},
		{&os.LinkError{Op: "link", Err: syscall.EACCES}, "writable for this user"},
		{&os.LinkError{Op: "rename", Err: syscall.EPERM}, "writable for this user"},
		{syscall.EIO, "the disk failed"},
		{syscall.EMFILE, "see to the disk"},
		{ErrLocked, "wait for the other process"},
		{errors.New("columns differ"), "defect of cdrstream"},
		{WithRemedy(syscall.EIO, "start over"), "start over"},
	} {
		err := fmt.Errorf("stage: %w", &fs.PathError{Op: "write", Path: "a", Err: c.err})
		if got := Remedy(err); !strings.Contains(got, c.want) || strings.Contains(got, "\n") {
			t.Errorf("%v: %s", c.err, got)
		}
	}
	if err := WithRemedy(syscall.EIO, "x"); !errors.Is(err, syscall.EIO) || err.Error() != syscall.EIO.Error() {
		t.Errorf("%v hides what was wrong", err)
	}
}
