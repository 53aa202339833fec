package natsserver

import (
	"fmt"
	"strings"
	"sync"
)

// logger is where the server's own log goes: troubles to log, the rest nowhere.
type logger struct {
	log func(string)

	mu      sync.Mutex
	failure string // first fatal error
	trouble string // last warning or error
}

// tell passes a line on. The server's lines may begin with a blank.
func (l *logger) tell(format string, v []any) string {
	text := strings.TrimSpace(fmt.Sprintf(format, v...))
	l.mu.Lock()
	l.trouble = text
	l.mu.Unlock()
	if l.log != nil {
		l.log("nats-server: " + text)
	}
	return text
}

func (l *logger) Fatalf(format string, v ...any) {
	text := l.tell(format, v)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failure == "" {
		l.failure = text
	}
}

func (l *logger) Warnf(format string, v ...any)  { l.tell(format, v) }
func (l *logger) Errorf(format string, v ...any) { l.tell(format, v) }
func (l *logger) Noticef(string, ...any)         {}
func (l *logger) Debugf(string, ...any)          {}
func (l *logger) Tracef(string, ...any)          {}

func (l *logger) fatal() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failure
}

func (l *logger) last() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.trouble
}
