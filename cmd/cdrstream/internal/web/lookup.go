package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// subscribers is where they are.
const subscribers = "/v1/subscribers/"

// maxNumber is the length in bytes of the longest text that is looked up. Numbers
// have up to 16 digits; a party may also be a SIP user or a pseudonym.
const maxNumber = 256

// lookups answers what is known of a subscriber.
type lookups struct {
	lookup   func(ctx context.Context, number string) ([]byte, error)
	notReady func() error
	took     func(time.Duration)
	timeout  time.Duration
	turns    chan struct{} // holds one for each look-up under way
	log      *slog.Logger
}

func newLookups(o *Options) *lookups {
	return &lookups{
		lookup: o.Lookup, notReady: o.NotReady, took: o.LookedUp, timeout: o.LookupTimeout,
		turns: make(chan struct{}, o.MaxLookups), log: o.Log,
	}
}

func (l *lookups) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed, "only GET is possible here")
		return
	}
	number, ok := parseNumber(r.PathValue("number"))
	if !ok {
		l.answer(w, r, ErrMalformed)
		return
	}
	if err := l.notReady(); err != nil {
		w.Header().Set("Retry-After", "5")
		refuse(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	select {
	case l.turns <- struct{}{}:
		defer func() { <-l.turns }()
	default:
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusTooManyRequests, fmt.Sprintf("%d look-ups are under way, which is the limit: ask again", cap(l.turns)))
		return
	}
	body, err := l.ask(r.Context(), number)
	if err != nil {
		l.answer(w, r, err)
		return
	}
	private(w)
	_, _ = w.Write(body)
}

func (l *lookups) ask(ctx context.Context, number string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	began := time.Now()
	defer func() { l.took(time.Since(began)) }()
	return l.lookup(ctx, number)
}

// answer answers a look-up that failed.
func (l *lookups) answer(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, ErrNotFound):
		refuse(w, http.StatusNotFound, ErrNotFound.Error())
	case errors.Is(err, ErrMalformed):
		refuse(w, http.StatusBadRequest, fmt.Sprintf("%v: give its digits with the country code, or imsi: and digits, or a name as it is in the records, up to %d bytes", ErrMalformed, maxNumber))
	case errors.Is(err, ErrNotReady):
		w.Header().Set("Retry-After", "5")
		refuse(w, http.StatusServiceUnavailable, ErrNotReady.Error())
	case r.Context().Err() != nil: // nobody is there any more
		refuse(w, http.StatusServiceUnavailable, "the look-up was given up")
	case errors.Is(err, context.DeadlineExceeded):
		refuse(w, http.StatusGatewayTimeout, fmt.Sprintf("there was no answer within %s: ask again", l.timeout))
	default:
		l.log.Error("a look-up failed", "type", fmt.Sprintf("%T", err))
		refuse(w, http.StatusInternalServerError, "the look-up failed")
	}
}

// parseNumber returns the text that the state has of a subscriber: a number without
// its plus sign.
func parseNumber(s string) (string, bool) {
	if digits, plus := strings.CutPrefix(s, "+"); plus && strings.Trim(digits, "0123456789") == "" {
		s = digits
	}
	if s == "" || len(s) > maxNumber || !utf8.ValidString(s) {
		return "", false
	}
	odd := func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }
	return s, !strings.ContainsFunc(s, odd)
}

// refuse answers with an error as JSON.
func refuse(w http.ResponseWriter, status int, why string) {
	private(w)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(struct {
		Error string `json:"error"`
	}{why})
}

// notFound answers for a path that there is not.
func notFound(w http.ResponseWriter, path string) {
	if strings.HasPrefix(path, "/v1/") {
		refuse(w, http.StatusNotFound, "there is nothing here: ask for "+subscribers+"NUMBER")
		return
	}
	http.Error(w, "there is nothing here", http.StatusNotFound)
}

// private marks an answer as one that nobody keeps.
func private(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
}
