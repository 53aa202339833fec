package config

import (
	"errors"
	"fmt"
	"strings"
)

// Validate returns the first thing that makes no sense, with its place and what
// to write instead.
func (c *Config) Validate() error {
	for _, check := range []struct {
		key string
		err error
	}{
		{"timezone", checkZone(c.Timezone)},
		{"lateness", notNegative(c.Lateness)},
		{"event_time", oneOf(c.EventTime, "release", "start")},
		{"clock", oneOf(c.Clock, "zone", "record")},
		{"weekdays", eachOf(c.Weekdays, "mon", "tue", "wed", "thu", "fri", "sat", "sun")},
		{"max_future", notNegative(c.MaxFuture)},
		{"windows", checkWindows(c.Windows)},
		{"features", notEmpty(c.Features)},
		{"emit.every", checkEvery(c.EmitEvery)},
		{"emit.scope", oneOf(c.EmitScope, "active", "all")},
		{"retain", checkRetain(c.Retain, c.Windows)},
		{"max_contacts", between(c.MaxContacts, 1, 1<<24)},
		{"high_value_charge", checkMoney(c.HighValueCharge)},
		{"drop_causes", checkCauses(c.DropCauses)},
		{"rules", unless(c.Rules != "", func() error { return errors.New("is empty: write builtin, none, or the name of a file") })},
		{"home_numbers", checkNumbers(c.HomeNumbers.Items)},
		{"home_plmns", checkPLMNs(c.HomePLMNs)},
		{"outsiders", oneOf(c.Outsiders, "keep", "rules", "drop")},
		{"country", checkCountry(c.Country)},
		{"international_prefix", checkDialled(c.InternationalPrefix)},
		{"short_code_digits", between(c.ShortCodeDigits, 0, 14)},
		{"high_risk_prefixes", checkNumbers(c.HighRiskPrefixes.Items)},
		{"hotlist", checkNumbers(c.Hotlist.Items)},
		{"care_numbers", checkNumbers(c.CareNumbers.Items)},
		{"voicemail_numbers", checkNumbers(c.VoicemailNumbers.Items)},
		{"service_numbers", checkNumbers(c.ServiceNumbers.Items)},
		{"legs", checkLegs(c.Legs)},
		{"charge", oneOf(c.Charge, "retail", "wholesale")},
		{"silence", notNegative(c.Silence)},
		{"max_record", between(int(c.MaxRecord), 64, 1<<30)},
		{"max_buffer", between(c.MaxBuffer, 1, 1<<31-1)},
		{"workers", between(c.Workers, 0, 64)},
		{"block_size", between(int(c.BlockSize), 1<<10, 1<<28)},
		{"nats.url", checkServers(c.NATSURL)},
		{"nats.credentials", atMostOne("nats.credentials", c.NATSCredentials, "nats.nkey", c.NATSNKey, "nats.token_file", c.NATSTokenFile)},
		{"nats.nkey", atMostOne("nats.nkey", c.NATSNKey, "nats.token_file", c.NATSTokenFile)},
		{"nats.tls.cert", needs(c.NATSCert, "nats.tls.key", c.NATSKey)},
		{"nats.tls.key", needs(c.NATSKey, "nats.tls.cert", c.NATSCert)},
		{"nats.listen", checkAddress(c.NATSListen)},
		{"nats.idle_timeout", notNegative(c.IdleTimeout)},
		{"nats.features_as", oneOf(c.FeaturesAs, "json", "arrow")},
		{"spool.quiet", notNegative(c.SpoolQuiet)},
		{"spool.order", oneOf(c.SpoolOrder, "name", "sequence")},
		{"spool.done", oneOf(c.SpoolDone, "archive", "delete")},
		{"spool.idle_timeout", notNegative(c.SpoolIdle)},
		{"checkpoint_every", checkCheckpointEvery(c.CheckpointEvery)},
	} {
		if check.err != nil {
			return inKey(c.origins[check.key], check.key, check.err)
		}
	}
	for i := range c.Sources {
		if err := c.Sources[i].validate(i, c.origins["sources"]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Source) validate(i int, origin string) error {
	for _, check := range []struct {
		key string
		err error
	}{
		{"match", checkGlob(s.Match)},
		{"timezone", unless(s.Timezone == "", func() error { return checkZone(s.Timezone) })},
		{"event_time", unless(s.EventTime == "", func() error { return oneOf(s.EventTime, "release", "start") })},
		{"country", checkCountry(s.Country)},
		{"international_prefix", checkDialled(s.InternationalPrefix)},
		{"legs", unless(s.Legs == nil, func() error { return checkLegs(s.Legs) })},
		{"charge", unless(s.Charge == "", func() error { return oneOf(s.Charge, "retail", "wholesale") })},
	} {
		if check.err != nil {
			if at := s.origins[check.key]; at != "" {
				origin = at
			}
			return inKey(origin, fmt.Sprintf("sources[%d].%s", i, check.key), check.err)
		}
	}
	return nil
}

// inKey puts where a value stands, and under which key, before err.
func inKey(origin, key string, err error) error {
	if origin == "" || strings.HasPrefix(origin, "--") || strings.HasPrefix(origin, EnvPrefix) {
		if origin != "" {
			key = origin
		}
		return fmt.Errorf("%s: %w", key, err)
	}
	return fmt.Errorf("%s: %s: %w", origin, key, err)
}
