package natsserver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// StreamOptions describe a stream of records.
type StreamOptions struct {
	Name     string
	Subjects []string
	MaxBytes int64         // how much it may hold; 0: as much as the server may
	MaxAge   time.Duration // how long a message is kept, read or not; 0: until Trim
}

// EnsureStream makes the stream, or makes sure that the one that is there does
// not lose records: it keeps messages whoever reads them, takes atomic batches,
// and its subjects include those of o. Limits of one that is there are its
// owner's choice; notes say which of them may remove records that were not read.
//
// A new stream is a file, refuses what is new when it is full, and never lets
// anything expire unless o says so.
func EnsureStream(ctx context.Context, js jetstream.JetStream, o StreamOptions) (s jetstream.Stream, notes []string, err error) {
	s, err = js.Stream(ctx, o.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		s, err = js.CreateStream(ctx, o.config())
	}
	if err != nil {
		return nil, nil, fmt.Errorf("the stream %s: %w", o.Name, err)
	}
	cfg := s.CachedInfo().Config
	if err := o.fits(&cfg); err != nil {
		return nil, nil, err
	}
	return s, losses(&cfg), nil
}

func (o *StreamOptions) config() jetstream.StreamConfig {
	limit := o.MaxBytes
	if limit == 0 {
		limit = -1
	}
	return jetstream.StreamConfig{
		Name: o.Name, Subjects: o.Subjects, Description: "call-detail records for cdrstream",
		Storage: jetstream.FileStorage, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew,
		MaxBytes: limit, MaxAge: o.MaxAge, MaxMsgs: -1, AllowDirect: true, AllowAtomicPublish: true,
	}
}

// fits says what of a stream stands in the way.
func (o *StreamOptions) fits(cfg *jetstream.StreamConfig) error {
	for _, subject := range o.Subjects {
		if !slices.ContainsFunc(cfg.Subjects, func(held string) bool { return covers(held, subject) }) {
			return fmt.Errorf("the stream %s takes the subjects %s, not %s: add that to it, or name another stream", o.Name, strings.Join(cfg.Subjects, ", "), subject)
		}
	}
	switch {
	case cfg.Retention != jetstream.LimitsPolicy:
		return fmt.Errorf("the stream %s has the retention %s, which removes messages that others have read: name a stream with the retention limits", o.Name, cfg.Retention)
	case !cfg.AllowAtomicPublish:
		return fmt.Errorf("the stream %s takes no atomic batches: allow them (nats stream edit %s --allow-batch), or name another stream", o.Name, o.Name)
	case cfg.Sealed:
		return fmt.Errorf("the stream %s is sealed: nothing can be published to it: name another stream", o.Name)
	}
	return nil
}

// losses lists the settings of a stream by which it may remove what was not read.
func losses(cfg *jetstream.StreamConfig) (notes []string) {
	if cfg.MaxAge > 0 {
		notes = append(notes, fmt.Sprintf("the stream %s removes messages after %s, read or not", cfg.Name, cfg.MaxAge))
	}
	limited := cfg.MaxBytes > 0 || cfg.MaxMsgs > 0
	if limited && cfg.Discard == jetstream.DiscardOld {
		notes = append(notes, fmt.Sprintf("the stream %s removes its oldest messages when it is full, read or not", cfg.Name))
	}
	if cfg.MaxMsgsPerSubject > 0 && (cfg.Discard == jetstream.DiscardOld || !cfg.DiscardNewPerSubject) {
		notes = append(notes, fmt.Sprintf("the stream %s keeps %d messages of a subject, read or not", cfg.Name, cfg.MaxMsgsPerSubject))
	}
	if cfg.Storage == jetstream.MemoryStorage {
		notes = append(notes, fmt.Sprintf("the stream %s lives in memory: a restart of the server loses it", cfg.Name))
	}
	return notes
}

// covers reports whether every subject that inner matches is one that outer does.
func covers(outer, inner string) bool {
	o, i := strings.Split(outer, "."), strings.Split(inner, ".")
	for n, token := range o {
		switch {
		case n >= len(i):
			return false
		case token == ">":
			return true
		case i[n] == ">" || i[n] == "*" && token != "*":
			return false
		case token != "*" && token != i[n]:
			return false
		}
	}
	return len(o) == len(i)
}

// Trim removes the messages of some subjects, which may be patterns, before sequence
// before, except the last of every subject: that one tells `publish` where it goes on.
// It returns how many it removed. It is for what every reader of the stream has read
// for good; subjects that nobody reads stay.
func Trim(ctx context.Context, s jetstream.Stream, subjects []string, before uint64) (removed uint64, err error) {
	info, err := s.Info(ctx, jetstream.WithSubjectFilter(">"))
	if err != nil {
		return 0, fmt.Errorf("the stream %s: %w", s.CachedInfo().Config.Name, err)
	}
	for subject := range info.State.Subjects {
		if !slices.ContainsFunc(subjects, func(pattern string) bool { return covers(pattern, subject) }) {
			continue
		}
		last, err := s.GetLastMsgForSubject(ctx, subject)
		if err == nil {
			err = s.Purge(ctx, jetstream.WithPurgeSubject(subject), jetstream.WithPurgeSequence(min(before, last.Sequence)))
		}
		if err != nil {
			return 0, fmt.Errorf("the stream %s: remove what was read of %s: %w", info.Config.Name, subject, err)
		}
	}
	now, err := s.Info(ctx)
	if err != nil {
		return 0, fmt.Errorf("the stream %s: %w", info.Config.Name, err)
	}
	return info.State.Msgs - min(now.State.Msgs, info.State.Msgs), nil
}
