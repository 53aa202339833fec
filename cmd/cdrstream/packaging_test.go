package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
)

const packaging = "packaging/"

func packaged(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(packaging + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The example configuration is read by the strict loader, as it is and with everything
// in it switched on.
func TestPackagedConfiguration(t *testing.T) {
	text := packaged(t, "cdrstream.yaml")
	on := regexp.MustCompile(`(?m)^#([a-z])`).ReplaceAllString(text, "$1")
	if on == text {
		t.Error("nothing in it can be switched on")
	}
	for name, text := range map[string]string{"as it is": text, "switched on": on} {
		file := filepath.Join(t.TempDir(), "cdrstream.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := config.Load(config.Inputs{File: file, Live: true}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := config.Load(config.Inputs{File: packaging + "cdrstream.yaml", Env: []string{"CDRSTREAM_TIMEZONE=Europe/Paris"}}); err != nil {
		t.Error(err)
	}
}

// The command lines of the unit and of the image are the same, and the program takes
// them.
func TestPackagedCommands(t *testing.T) {
	unit := commandOfUnit(t)
	image := commandOfImage(t)
	if strings.Join(unit, " ") != strings.Join(image, " ") {
		t.Errorf("the unit runs %q, the image %q", unit, image)
	}
	if unit[0] != "/usr/bin/cdrstream" || unit[1] != "serve" {
		t.Fatalf("the unit runs %q", unit)
	}
	root := newRootCommand(streams{})
	command := find(root, "serve")
	if command == nil {
		t.Fatal("there is no command serve")
	}
	if err := command.ParseFlags(unit[2:]); err != nil {
		t.Error(err)
	}
	if left := command.Flags().Args(); len(left) > 0 {
		t.Errorf("arguments without a flag: %q", left)
	}
}

func find(root *cobra.Command, name string) *cobra.Command {
	for _, c := range root.Commands() {
		if c.Name() == name {
			return c
		}
	}
	return nil
}

func commandOfUnit(t *testing.T) []string {
	t.Helper()
	found := regexp.MustCompile(`(?m)^ExecStart=(.+)$`).FindAllStringSubmatch(packaged(t, "cdrstream.service"), -1)
	if len(found) != 1 {
		t.Fatalf("%d lines ExecStart", len(found))
	}
	return strings.Fields(found[0][1])
}

func commandOfImage(t *testing.T) (all []string) {
	t.Helper()
	text := packaged(t, "Dockerfile")
	for _, what := range []string{"ENTRYPOINT", "CMD"} {
		found := regexp.MustCompile(`(?m)^`+what+` \[(.+)\]$`).FindAllStringSubmatch(text, -1)
		if len(found) != 1 {
			t.Fatalf("%d lines %s", len(found), what)
		}
		for _, word := range strings.Split(found[0][1], ", ") {
			all = append(all, strings.Trim(word, `"`))
		}
	}
	return all
}

// Exit codes that the unit knows are those of the program.
func TestPackagedExitCodes(t *testing.T) {
	if exitUsage != 2 || !strings.Contains(packaged(t, "cdrstream.service"), "\nRestartPreventExitStatus=2\n") {
		t.Error("RestartPreventExitStatus is not that of bad usage")
	}
}

// Whatever the image copies from its context is there, and not ignored.
func TestPackagedContext(t *testing.T) {
	top := "../../"
	ignored, err := os.ReadFile(top + ".dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for _, line := range strings.Split(string(ignored), "\n") {
		if name, ok := strings.CutPrefix(line, "!"); ok {
			kept = append(kept, name)
			if _, err := os.Stat(top + name); err != nil {
				t.Error(err)
			}
		}
	}
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{with .Module}}{{if .Main}}{{$.ImportPath}}{{end}}{{end}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range strings.Fields(string(out)) {
		first, _, _ := strings.Cut(strings.TrimPrefix(pkg, "github.com/cdrstream/cdrstream/"), "/")
		if !strings.Contains(" "+strings.Join(kept, " ")+" ", " "+first+" ") {
			t.Errorf("the image is built without %s, which the program needs", pkg)
		}
	}
}

// systemd, where it is at hand, finds nothing wrong with the unit and little to gain.
func TestUnit(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("no systemd-analyze")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "cdrstream.service")
	text := strings.Replace(packaged(t, "cdrstream.service"), "=/usr/bin/cdrstream ", "="+self+" ", 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(analyze, "verify", "--man=no", file).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("verify: %v\n%s", err, out)
	}
	out, err := exec.Command(analyze, "security", "--offline=true", "--no-pager", "--threshold=20", file).CombinedOutput()
	if err != nil {
		t.Errorf("security: %v\n%s", err, out)
	}
}
