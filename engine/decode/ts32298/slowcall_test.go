package ts32298

import (
	"fmt"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

func (s *slowly) message() {
	t, offset := s.time("eventTime")
	if s.m["eventTime"] == nil {
		panic("eventTime")
	}
	s.out["service"], s.out["outcome"], s.out["cause"] = "sms", fmt.Sprint(cdr.Answered), "0"
	s.out["start"], s.out["offset"], s.out["ring"], s.out["talk"], s.out["partial"] = fmt.Sprint(t.UnixMilli()), fmt.Sprint(offset), "unknown", "0", "0"
	if s.m["smsResult"] != nil {
		s.out["outcome"] = fmt.Sprint(cdr.Failed)
		cause, _ := s.diagnosis("smsResult")
		s.out["cause"] = fmt.Sprint(cause)
	}
	served := s.numberOf("servedMSISDN")
	if s.tag == "7" {
		s.out["called"] = served
		return
	}
	s.out["calling"], s.out["called"] = served, s.numberOf("destinationNumber")
}

// diagnosis is the cause of Q.850, or the outcome where it is told otherwise.
func (s *slowly) diagnosis(name string) (cause uint64, outcome cdr.Outcome) {
	n := s.m[name]
	for alternative, v := range n.by {
		switch {
		case alternative != n.list[0].tag:
		case alternative == "2.0" || alternative == "2.2":
			if cause = slowUint(v.value) % 128; cause != 0 && slowUint(v.value) < 256 {
				return cause, decode.OutcomeOfQ850(uint16(cause))
			}
			return 0, cdr.Failed
		case alternative == "2.1":
			switch slowUint(v.value) {
			case 1:
				return 1, cdr.Failed
			case 27:
				return 20, cdr.NoAnswer
			case 45:
				return 17, cdr.Busy
			case 46:
				return 19, cdr.NoAnswer
			}
		}
	}
	return 0, cdr.Failed
}

func (s *slowly) call() {
	cause, _ := s.int("cause", 1<<31)
	partial, _ := s.int("sequence", 1<<32-1)
	if partial == 0 && (cause == 1 || cause == 2) {
		partial = 1
	}
	s.times(cause, partial)
	s.out["partial"] = fmt.Sprint(partial)
	s.result(cause)
	if n := s.m["supplServicesUsed"]; n != nil {
		for _, used := range n.list {
			code := used.by["2.0"]
			if code != nil && len(code.value) == 1 && code.value[0] >= 0x20 && code.value[0] < 0x30 {
				s.out["forwarded"] = "true"
			}
		}
	}
	if n := s.m["camelInitCF"]; s.tag == "100" || n != nil && slowUint(n.value) == 1 {
		s.out["forwarded"] = "true"
	}
	dialled := ""
	for _, name := range []string{"connectedNumber", "calledNumber", "translatedNumber"} {
		if n := s.m[name]; n != nil && len(n.value) > 1 {
			dialled = s.numberOf(name)
		}
	}
	served, calling := s.numberOf("servedMSISDN"), s.numberOf("callingNumber")
	switch s.tag {
	case "0", "100":
		s.out["calling"], s.out["called"] = served, dialled
		if s.m["servedMSISDN"] == nil && s.out["forwarded"] == "false" {
			s.out["calling"] = calling
		}
	case "1":
		s.out["calling"], s.out["called"] = calling, served
		if s.m["servedMSISDN"] == nil && s.m["servedIMSI"] == nil {
			s.out["called"] = dialled
		}
	case "3", "4", "5":
		s.out["calling"], s.out["called"] = calling, dialled
	default:
		s.out["calling"], s.out["called"] = calling, served
	}
}

func (s *slowly) times(cause, partial uint64) {
	seizure, so := s.time("seizure")
	answer, ao := s.time("answer")
	release, ro := s.time("release")
	duration, told := s.int("duration", 4_294_967)
	talk := time.Duration(duration) * time.Second
	var start time.Time
	offset, ring := 0, "unknown"
	if s.m["answer"] != nil && cause != 3 {
		if !told {
			if s.m["release"] == nil || release.Before(answer) {
				panic("duration")
			}
			talk = slowPossible(release.Sub(answer))
		}
		start, offset = answer, ao
		if partial > 1 && s.m["seizure"] != nil && s.m["release"] != nil {
			start, offset = release.Add(-talk), ro
		}
		if partial <= 1 && s.m["seizure"] != nil {
			start, offset = seizure, so
			if !answer.Before(seizure) {
				ring = fmt.Sprint(slowPossible(answer.Sub(seizure)).Milliseconds())
			}
		}
		s.out["outcome"] = fmt.Sprint(cdr.Answered)
	} else {
		known := s.m["seizure"] != nil
		start, offset = seizure, so
		if !known && s.m["answer"] != nil {
			start, offset, known = answer, ao, true
		}
		held := talk
		if !told && known && s.m["release"] != nil {
			if release.Before(start) {
				panic("duration")
			}
			held, told = slowPossible(release.Sub(start)), true
		}
		if told {
			ring = fmt.Sprint(held.Milliseconds())
		}
		if !known {
			if s.m["release"] == nil || !told {
				panic("seizure")
			}
			start, offset = release.Add(-held), ro
		}
		talk = 0
	}
	s.out["start"], s.out["offset"], s.out["ring"], s.out["talk"] = fmt.Sprint(start.UnixMilli()), fmt.Sprint(offset), ring, fmt.Sprint(talk.Milliseconds())
}

func slowPossible(d time.Duration) time.Duration {
	if d > 4_294_967*time.Second {
		panic("too long")
	}
	return d
}

func (s *slowly) result(cause uint64) {
	q, outcome := uint64(0), cdr.Failed
	if s.m["diagnostics"] != nil {
		q, outcome = s.diagnosis("diagnostics")
	} else if cause == 4 {
		q = 41
	} else if cause == 0 {
		outcome = cdr.NoAnswer
	}
	s.out["cause"] = fmt.Sprint(q)
	if s.out["outcome"] == "" {
		s.out["outcome"] = fmt.Sprint(outcome)
	}
}
