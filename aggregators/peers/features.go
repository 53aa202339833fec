package peers

import "github.com/cdrstream/cdrstream/engine/feature"

// Features lists the family's part of the catalogue.
func (*Family) Features() []feature.Feature {
	return append(destinations(), contacts()...)
}

func destinations() []feature.Feature {
	calls := func(name, formula, of string, core bool) feature.Feature {
		return feature.Feature{Name: name, Unit: "calls", Core: core, Formula: formula, Calc: feature.Total{Of: of}}
	}
	seconds := func(name, formula, of string) feature.Feature {
		return feature.Feature{Name: name, Unit: "seconds", Type: feature.Float64, Core: true,
			Formula: formula, Calc: feature.Scaled{Of: of, By: 1000}}
	}
	return []feature.Feature{
		{Name: "different_area_ratio", Unit: "ratio", Type: feature.Float64, Core: true,
			Formula: "V whose two areas are known and differ / V whose two areas are known",
			Calc:    feature.Ratio{Of: "areas_differ", Over: "areas_known"}},
		{Name: "area_codes_called", Unit: "areas", Core: true, Formula: "distinct areas of the called party over originating V",
			Calc: feature.Total{Of: "areas_called"}},
		{Name: "countries_called", Unit: "countries", Core: true, Formula: "distinct countries of the called party over originating V",
			Calc: feature.Total{Of: "countries_called"}},
		calls("calls_out_service", "originating V to a short code or toll-free number", "to_service", false),
		calls("calls_out_unknown", "other originating V, either country unknown", "to_unknown", false),
		calls("calls_out_international", "other originating V, toll countries differ", "international", true),
		calls("calls_out_local", "other originating V, same known area", "local", true),
		calls("calls_out_national", "the rest of originating V", "national", true),
		{Name: "international_ratio", Unit: "ratio", Type: feature.Float64, Formula: "calls_out_international / calls_out",
			Calc: feature.Ratio{Of: "international", Over: "calls_out"}},
		seconds("international_seconds", "talk seconds of originating international legs", "international_talk"),
		calls("calls_out_premium", "originating V to premium numbers", "premium", false),
		seconds("premium_seconds", "talk seconds of originating legs to premium numbers", "premium_talk"),
		calls("hotlist_calls", "originating V to the hotlist", "hot", false),
		calls("forwarded_international_calls", "forwarded voice legs to another toll country, not to voicemail_numbers", "diverted_abroad", false),
		calls("care_calls", "originating V to care_numbers", "care", false),
		{Name: "onnet_ratio", Unit: "ratio", Type: feature.Float64,
			Formula: "originating V to home_numbers / originating V outside service; null without home_numbers",
			Calc:    feature.Ratio{Of: "on_net", Over: "off_service"}},
	}
}

func contacts() []feature.Feature {
	peers := func(name, formula, of string, core bool) feature.Feature {
		return feature.Feature{Name: name, Unit: "peers", Core: core, Formula: formula, Calc: feature.Total{Of: of}}
	}
	return []feature.Feature{
		peers("contacts", "distinct peers over V and sms/mms legs", "contacts", true),
		peers("contacts_out", "distinct peers over originating V", "contacts_out", true),
		peers("contacts_in", "distinct peers over terminating V", "contacts_in", true),
		peers("contacts_mutual", "peers with an originating and a terminating V in the window", "contacts_mutual", false),
		peers("sms_contacts_out", "distinct peers over originating sms/mms legs", "contacts_messaged", false),
		{Name: "calls_per_contact", Unit: "calls/peer", Type: feature.Float64, Core: true, Formula: "calls_out / contacts_out",
			Calc: feature.Ratio{Of: "calls_out", Over: "contacts_out"}},
	}
}
