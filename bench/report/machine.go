package report

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// Machine says what this runs on: "2 virtual processors, AMD EPYC, 24 GiB".
func Machine() string {
	model, memory := "unknown processor", ""
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if name := value(string(text), "model name"); name != "" {
			model = name
		}
	}
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		if kb, err := kilobytes(string(text), "MemTotal"); err == nil {
			memory = fmt.Sprintf(", %.0f GiB", float64(kb)/(1<<20))
		}
	}
	return fmt.Sprintf("%d virtual processors, %s%s, %s/%s", runtime.NumCPU(), model, memory, runtime.GOOS, runtime.GOARCH)
}

// Peak is the most memory that a process had resident at once, VmHWM of
// /proc/PID/status, in bytes. pid 0 is this process.
func Peak(pid int) (int64, error) {
	who := "self"
	if pid != 0 {
		who = strconv.Itoa(pid)
	}
	text, err := os.ReadFile("/proc/" + who + "/status")
	if err != nil {
		return 0, fmt.Errorf("read the peak of memory: %w", err)
	}
	kb, err := kilobytes(string(text), "VmHWM")
	if err != nil {
		return 0, fmt.Errorf("read the peak of memory: %w", err)
	}
	return kb << 10, nil
}

// value is what stands behind "name:" in text, "" if nothing does.
func value(text, name string) string {
	for line := range strings.Lines(text) {
		if key, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

func kilobytes(text, name string) (int64, error) {
	v := value(text, name)
	kb, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(v, "kB")), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s is %q", name, v)
	}
	return kb, nil
}
