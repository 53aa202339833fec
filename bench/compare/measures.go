package main

// A measure is what a day of a subscriber is summed up in: an expression over the
// columns of a leg (see legSQL) that is added up.
type measure struct{ name, sql string }

// when counts the legs for which a condition holds.
func when(name, condition string) measure {
	return measure{name, "count(*) FILTER (WHERE " + condition + ")"}
}

// sum adds up a quantity, over the legs for which a condition holds. All quantities are
// whole numbers far below 2^53, so sums of doubles are exact, and cheaper than the
// 128-bit sums that DuckDB makes of integers.
func sum(name, quantity, condition string) measure {
	return measure{name, "sum(CASE WHEN " + condition + " THEN (" + quantity + ")::DOUBLE ELSE 0 END)"}
}

// measures are the measures, as SPEC's catalogue defines them; call is V there.
func measures() []measure {
	return []measure{
		when("calls", "call"),
		when("calls_out", "call AND o"),
		when("answered", "call AND answered"),
		when("no_answer", "call AND no_answer"),
		when("known", "call AND known"),
		when("known_out", "call AND known AND o"),
		when("known_answered_out", "call AND answered AND o"),
		sum("talk", "talk", "voice"),
		sum("talk_out", "talk", "voice AND o"),
		sum("billed", "(talk + 59999) // 60000", "voice AND o"),
		when("areas_known", "call AND area_from <> 0 AND area_to <> 0"),
		when("areas_differ", "call AND area_from <> 0 AND area_to <> 0 AND area_from <> area_to"),
		when("international", "call AND o AND distance = 3"),
		when("local", "call AND o AND distance = 4"),
		when("national", "call AND o AND distance = 5"),
		sum("international_talk", "talk", "voice AND o AND distance = 3"),
		sum("premium_talk", "talk", "voice AND o AND premium"),
		when("weekday", "call AND start_day % 7 < 5"),
		when("daytime", "call AND start_ms >= 32400000 AND start_ms < 61200000"),
		when("nocturnal", "call AND (start_ms < 25200000 OR start_ms >= 68400000)"),
		when("roaming", "call AND roams"),
		when("sms_out", "message AND o AND NOT failed"),
		when("sms_in", "message AND NOT o AND NOT failed"),
		sum("bytes", "bytes", "is_data"),
		sum("bytes_4g", "bytes", "is_data AND rat = '4g'"),
		sum("bytes_5g", "bytes", "is_data AND rat = '5g'"),
		sum("charge", "charge", "served"),
		when("high_value", "call AND o AND charge >= 5000000"),
		when("legs", "true"),
		when("legs_out", "o"),
		when("legs_served", "served"),
	}
}

// An items is a set of things of which the distinct ones are counted, found by grouping
// the legs for which a condition holds by the subscriber and key.
type items struct {
	name, key, condition string
	counts               []itemCount
}

// itemCount is one number of distinct items: of those seen in legs for which a condition
// holds.
type itemCount struct{ name, condition string }

func itemSets() []items {
	return []items{
		{"area", "area_to", "call AND o AND area_to <> 0", []itemCount{{"areas", "true"}}},
		{"country", "country_to", "call AND o AND country_to <> 0", []itemCount{{"countries", "true"}}},
		{"peer", "peer", "contact", []itemCount{{"contacts", "true"}, {"contacts_out", "call AND o"}, {"contacts_in", "call AND NOT o"}}},
		{"cell", "cell", "cell IS NOT NULL", []itemCount{{"cells", "true"}}},
		{"imei", "imei", "imei IS NOT NULL", []itemCount{{"imeis", "true"}}},
	}
}

// A column is a feature: an expression over measures and counts of items, in braces.
// Without a window it is over those of all days up to the row's, in braces with _all, and
// of the row's days.
type column struct {
	name, sql string
	windowed  bool
	long      bool // not for 1d
	whole     bool // a whole number: compared exactly
}

func count(name, sql string) column  { return column{name: name, sql: sql, windowed: true, whole: true} }
func number(name, sql string) column { return column{name: name, sql: sql, windowed: true} }
func ratio(name, of, over string) column {
	return column{name: name, sql: of + "::DOUBLE / nullif(" + over + ", 0)", windowed: true}
}

func perDay(name, of string) column {
	return column{name: name, sql: of + "::DOUBLE / $days", windowed: true, long: true}
}

// catalogue are the features that the SQL knows: the core set, and what the 14 have
// besides.
func catalogue() []column {
	return []column{
		count("calls", "{calls}"),
		count("calls_out", "{calls_out}"),
		count("calls_in", "{calls} - {calls_out}"),
		perDay("calls_out_per_day", "{calls_out}"),
		perDay("calls_in_per_day", "({calls} - {calls_out})"),
		ratio("out_ratio", "{calls_out}", "{calls}"),
		count("answered_calls", "{answered}"),
		count("no_answer_calls", "{no_answer}"),
		ratio("no_answer_ratio", "{no_answer}", "{known}"),
		ratio("answer_seizure_ratio", "{known_answered_out}", "{known_out}"),
		number("talk_seconds", "{talk} / 1000"),
		number("talk_seconds_out", "{talk_out} / 1000"),
		ratio("call_duration_mean", "({talk} / 1000)", "{answered}"),
		count("billed_minutes", "{billed}"),
		ratio("different_area_ratio", "{areas_differ}", "{areas_known}"),
		count("area_codes_called", "{areas}"),
		count("countries_called", "{countries}"),
		count("calls_out_international", "{international}"),
		count("calls_out_local", "{local}"),
		count("calls_out_national", "{national}"),
		number("international_seconds", "{international_talk} / 1000"),
		number("premium_seconds", "{premium_talk} / 1000"),
		count("contacts", "{contacts}"),
		count("contacts_out", "{contacts_out}"),
		count("contacts_in", "{contacts_in}"),
		ratio("calls_per_contact", "{calls_out}", "{contacts_out}"),
		ratio("weekday_ratio", "{weekday}", "{calls}"),
		ratio("daytime_ratio", "{daytime}", "{calls}"),
		ratio("nocturnal_ratio", "{nocturnal}", "{calls}"),
		count("active_days", "{active_days}"),
		count("roaming_calls", "{roaming}"),
		ratio("roaming_ratio", "{roaming}", "{calls}"),
		count("cells", "{cells}"),
		count("imeis", "{imeis}"),
		count("sms_out", "{sms_out}"),
		count("sms_in", "{sms_in}"),
		count("data_bytes", "{bytes}"),
		count("data_bytes_4g", "{bytes_4g}"),
		count("data_bytes_5g", "{bytes_5g}"),
		number("charge", "{charge} / 1e6"),
		count("high_value_calls", "{high_value}"),
		{name: "calls_trend", sql: "CASE WHEN day - first_day >= 30 THEN ({calls_7d} / 7) / (nullif({calls_30d} - {calls_7d}, 0) / 23) END"},
		{name: "home", sql: "coalesce(day >= first_served, false)"},
		{name: "observed_days", sql: "day::BIGINT", whole: true},
		{name: "tenure_days", sql: "(day - first_day)::BIGINT", whole: true},
		{name: "days_since_activity", sql: "0::BIGINT", whole: true},
		{name: "days_since_outgoing", sql: "(day - last_out)::BIGINT", whole: true},
	}
}
