package main

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
	"github.com/cdrstream/cdrstream/engine"
)

// summary is summary.json: what the engine tells, and what only the command
// knows.
type summary struct {
	*engine.Summary
	DuplicateFiles    []string `json:"duplicate_files"`
	ConfigurationHash string   `json:"configuration_hash"`
	Version           string   `json:"version"`
}

func (s *summary) json() ([]byte, error) {
	if s.DuplicateFiles == nil {
		s.DuplicateFiles = []string{}
	}
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the summary: %w", err)
	}
	return append(b, '\n'), nil
}

// checkLimits complains when more was set aside than the configuration allows.
func checkLimits(s *engine.Summary, lateness time.Duration, rejects, late config.Limit) error {
	l := s.Ledger
	if late.Exceeded(l.Late, l.Read) {
		remedy := fmt.Sprintf("--lateness %s would have been enough", enough(s))
		if enough(s) <= lateness { // not behind their source, but behind where the job was when it came
			remedy = "they came in files that were added when the job had passed their time"
		}
		return &exitError{exitLimits, fmt.Errorf("%s came late, more than --max-late %s allows: %s", share(l.Late, l.Read), limitText(late), remedy)}
	}
	if rejects.Exceeded(l.Rejected, l.Read) {
		return &exitError{exitLimits, fmt.Errorf("%s were rejected, more than --max-rejects %s allows: rejects/ in the output tells why",
			share(l.Rejected, l.Read), limitText(rejects))}
	}
	return nil
}

// enough is the lateness, in whole seconds, with which nothing is late.
func enough(s *engine.Summary) time.Duration {
	worst := 0.0
	for _, src := range s.Sources {
		worst = max(worst, src.MaxDisorderSeconds)
	}
	return time.Duration(math.Ceil(worst)) * time.Second
}

func share(n, of int64) string {
	return fmt.Sprintf("%d of %d records (%.2f %%)", n, of, 100*float64(n)/float64(of))
}

func limitText(l config.Limit) string {
	b, err := l.MarshalText()
	if err != nil {
		return ""
	}
	return string(b)
}
