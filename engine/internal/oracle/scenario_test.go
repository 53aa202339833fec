package oracle

import "testing"

// scenario is some records and values worked out by hand.
type scenario struct {
	name   string
	zone   string // "" is UTC
	config func(*Config)
	csv    string
	who    string
	end    string
	want   map[string]any
}

// a is the subscriber that every scenario looks at.
const a = "12125550123"

var scenarios = []scenario{
	{
		name: "outcomes and talk",
		csv: `start_time,calling_number,called_number,ring_seconds,duration_seconds,disposition
2024-03-20 10:00:00,+12125550123,+14155550123,10,60,answered
2024-03-20 10:05:00,+12125550123,+14155550123,20,61.5,answered
2024-03-20 10:10:00,+12125550123,+12125550177,30,,no_answer
2024-03-20 10:15:00,+12125550123,+12125550177,,0,busy
2024-03-20 10:20:00,+14155550123,+12125550123,4,6,ANSWERED
2024-03-20 10:25:00,+14155550123,+12125550123,0,0,failed
2024-03-20 10:30:00,+12125550123,+14155550123,5,99,
`,
		who: a, end: "2024-03-21T00:00:00Z",
		want: map[string]any{
			"calls_1d": 7, "calls_out_1d": 5, "calls_in_1d": 2, "answered_calls_1d": 3, "no_answer_calls_1d": 1, "busy_calls_1d": 1,
			"failed_calls_1d": 1, "answered_calls_out_1d": 2, "no_answer_calls_out_1d": 1,
			// K = 6 (one is unknown), originating K = 4
			"no_answer_ratio_1d": 1.0 / 6, "no_answer_ratio_out_1d": 0.25, "answer_ratio_1d": 0.5, "answer_seizure_ratio_1d": 0.5,
			"talk_seconds_1d": 127.5, "talk_seconds_out_1d": 121.5, "talk_seconds_in_1d": 6,
			"call_duration_mean_1d": 42.5, "call_duration_max_1d": 61.5,
			// durations 60, 61.5, 6: mean 42.5, squares 306.25 + 361 + 1332.25 = 1999.5, / 3 = 666.5
			"call_duration_std_1d": 25.81666128680245,
			"billed_minutes_1d":    3, // 1 + 2
			"ring_seconds_mean_1d": 69.0 / 6, "short_call_ratio_1d": 0, "under_minute_ratio_1d": 0, "out_ratio_1d": 5.0 / 7,
			"calls_per_contact_1d": 2.5, "contacts_1d": 2, "contacts_out_1d": 2, "contacts_in_1d": 1, "contacts_mutual_1d": 1,
			"calls_out_local_1d": 2, "calls_out_national_1d": 3, "area_codes_called_1d": 2, "countries_called_1d": 1,
			"different_area_ratio_1d": 5.0 / 7, "calls_out_per_day_7d": 5.0 / 7, "home": true,
		},
	},
	{
		name:   "sources without attempts count in no outcome ratio",
		config: func(c *Config) { c.Attempts = false },
		csv: `start_time,calling_number,called_number,duration_seconds
2024-03-20 10:00:00,+12125550123,+14155550123,6
2024-03-20 10:05:00,+12125550123,+14155550123,59.999
2024-03-20 10:05:00,+12125550123,+14155550123,0
`,
		who: a, end: "2024-03-21T00:00:00Z",
		want: map[string]any{"calls_out_1d": 3, "answered_calls_1d": 2, "no_answer_calls_1d": 1, "no_answer_ratio_1d": nil, "answer_ratio_1d": nil,
			"answer_seizure_ratio_1d": nil, "short_call_ratio_1d": 0.5, "under_minute_ratio_1d": 1, "billed_minutes_1d": 2, "ring_seconds_mean_1d": nil},
	},
	{
		name: "day parts at their edges, wednesday and sunday",
		csv: `start_time,calling_number,called_number,duration_seconds,disposition
2024-03-17 06:59:59.999,+12125550123,+14155550123,1,answered
2024-03-17 07:00:00,+12125550123,+14155550123,1,answered
2024-03-17 08:59:59.999,+12125550123,+14155550123,1,answered
2024-03-17 09:00:00,+12125550123,+14155550123,1,answered
2024-03-20 16:59:59.999,+12125550123,+14155550123,1,answered
2024-03-20 17:00:00,+12125550123,+14155550123,1,answered
2024-03-20 18:59:59.999,+12125550123,+14155550123,1,answered
2024-03-20 19:00:00,+12125550123,+14155550123,1,answered
2024-03-20 23:59:59,+12125550123,+14155550123,1,answered
`,
		// the last one is released at midnight exactly: it is of the 21st
		who: a, end: "2024-03-21T00:00:00Z",
		want: map[string]any{"calls_7d": 8, "nocturnal_ratio_7d": 2.0 / 8, "daytime_ratio_7d": 2.0 / 8, "weekday_ratio_7d": 0.5,
			"calls_night_7d": 0, "calls_morning_7d": 4, "calls_afternoon_7d": 2, "calls_evening_7d": 2, "active_days_7d": 2, "voice_days_7d": 2,
			"days_since_activity": 0, "observed_days": 3, "tenure_days": 3},
	},
	{
		name: "a record at midnight belongs to the new day, at its start time's hour",
		csv: `start_time,calling_number,called_number,duration_seconds,disposition,service
2024-03-20 23:59:59,+12125550123,+14155550123,1,answered,
2024-03-21 10:00:00,+12125550123,+14155550123,,,sms
`,
		who: a, end: "2024-03-22T00:00:00Z",
		want: map[string]any{"calls_1d": 1, "calls_evening_1d": 1, "nocturnal_ratio_1d": 1, "calls_1h": 0, "calls_24h": 1, "observed_days": 0, "active_days_7d": 1, "voice_days_7d": 1},
	},
	{
		name: "unanswered: the longer of ring and duration",
		csv: `start_time,calling_number,called_number,ring_seconds,duration_seconds,disposition
2024-03-20 23:59:20,+12125550123,+14155550123,30,20,no_answer
2024-03-20 23:59:20,+12125550123,+14155550123,20,30,busy
2024-03-20 23:59:20,+12125550123,+14155550123,30,20,
2024-03-21 23:59:59,+12125550123,+14155550123,0,0,
`,
		who: a, end: "2024-03-21T00:00:00Z",
		want: map[string]any{"calls_1d": 2, "interval_mean_seconds_1d": 0, "talk_seconds_1d": 0},
	},
	{
		name: "what the network tells is of the served party",
		csv: `start_time,calling_number,called_number,direction,cell_id,imei,imsi,visited_plmn,charge,duration_seconds
2024-03-20 10:00:00,+14155550123,+12125550123,terminating,310260-7-1,350000000000011,310260000000001,26201,1.5,10
2024-03-20 11:00:00,+14155550123,+12125550123,both,310260-7-2,350000000000021,310260000000002,26202,2.5,10
2024-03-20 12:00:00,+14155550123,+12125550123,originating,310260-7-3,350000000000031,310260000000003,26203,4,10
`,
		who: a, end: "2024-03-21T00:00:00Z",
		want: map[string]any{"calls_in_1d": 2, "cells_1d": 1, "regions_1d": 1, "imeis_1d": 1, "imsis_1d": 1, "charge_1d": 1.5, "roaming_calls_1d": 1,
			"roaming_seconds_1d": 10, "visited_countries_1d": 1, "home": true, "days_since_outgoing": nil},
	},
	{
		name: "slices, forwarding",
		csv: `record_id,start_time,calling_number,called_number,direction,ring_seconds,duration_seconds,disposition,partial_sequence,charge,forwarded,visited_plmn,imsi
l1,2024-03-20 10:00:00,+12125550123,+49 30 1234567,originating,10,90,answered,1,0.5,,26201,310260000000001
l1,2024-03-20 10:01:40,+12125550123,+49 30 1234567,originating,,90,answered,2,0.25,,26201,310260000000001
l1,2024-03-20 10:03:10,+12125550123,+49 30 1234567,originating,,30,answered,3,0.25,,26201,310260000000001
f1,2024-03-20 11:00:00,+12125550123,+49 30 1234567,originating,5,100,answered,,2,true,,310260000000001
`,
		who: a, end: "2024-03-21T00:00:00Z",
		want: map[string]any{"calls_1d": 1, "answered_calls_1d": 1, "talk_seconds_1d": 210, "call_duration_mean_1d": 210, "call_duration_max_1d": 90, "call_duration_std_1d": 0,
			"billed_minutes_1d": 5, "international_seconds_1d": 210, "calls_out_international_1d": 1, "international_ratio_1d": 1, "roaming_calls_1d": 1,
			"roaming_seconds_1d": 210, "roaming_ratio_1d": 1, "visited_countries_1d": 1, "charge_1d": 3, "forwarded_calls_1d": 1,
			"forwarded_international_calls_1d": 1, "contacts_1d": 1, "interval_mean_seconds_1d": nil, "overlapping_calls_1d": 0, "high_value_calls_1d": 0, "days_since_imsi_change": nil},
	},
	{
		name: "overlaps and intervals",
		csv: `start_time,calling_number,called_number,ring_seconds,duration_seconds,disposition,service
2024-03-20 10:00:00,+12125550123,+14155550123,0,100,answered,
2024-03-20 10:01:20,+12125550123,+14155550123,10,100,answered,
2024-03-20 10:03:00,+12125550123,+14155550123,10,10,answered,
2024-03-20 10:03:50,+12125550123,+14155550123,,,,sms
`,
		// released at 10:01:40, 10:03:10 and 10:03:20; answered at 10:00:00, 10:01:30 (overlaps) and 10:03:10 (does not).
		// gaps 90, 10, 30: mean 130/3, variance (8100+100+900)/3 - (130/3)^2 = 10400/9
		who: a, end: "2024-03-21T00:00:00Z",
		want: map[string]any{"overlapping_calls_1d": 1, "interval_mean_seconds_1d": 130.0 / 3, "interval_std_seconds_1d": 33.99346342395189, "sms_out_1d": 1, "sms_contacts_out_1d": 1},
	},
	{
		name: "destinations and lists",
		config: func(c *Config) {
			c.Hotlist, c.Care, c.HomeNumbers = []string{"+881 612345678"}, []string{"611"}, []string{"+1415"}
		},
		csv: `start_time,calling_number,called_number,duration_seconds,charge
2024-03-20 10:00:00,+12125550123,611,10,
2024-03-20 10:01:00,+12125550123,+18002530000,10,
2024-03-20 10:02:00,+12125550123,anonymous,10,
2024-03-20 10:03:00,+12125550123,alice,10,
2024-03-20 10:04:00,+12125550123,+17872345678,10,
2024-03-20 10:05:00,+12125550123,+12125550177,10,
2024-03-20 10:06:00,+12125550123,+49301234567,10,
2024-03-20 10:07:00,+12125550123,+881612345678,10,4.999999
2024-03-20 10:08:00,+12125550123,+19002345678,10,5
2024-03-20 10:09:00,+12125550123,+14155550123,10,
`,
		who: a, end: "2024-03-21T00:00:00Z",
		want: map[string]any{"calls_out_service_1d": 2, "calls_out_unknown_1d": 2, "calls_out_international_1d": 2, "calls_out_local_1d": 1, "calls_out_national_1d": 3,
			"calls_out_premium_1d": 2, "premium_seconds_1d": 20, "hotlist_calls_1d": 1, "care_calls_1d": 1, "onnet_ratio_1d": 1.0 / 8, "high_value_calls_1d": 1,
			"contacts_1d": 8, "countries_called_1d": 4, "area_codes_called_1d": 4, "home": false},
	},
	{
		name: "mutual contacts need both directions in the window",
		csv: `start_time,calling_number,called_number,duration_seconds,service
2024-03-20 10:00:00,+12125550177,+12125550123,10,
2024-03-21 10:01:00,+12125550123,+12125550177,10,
2024-03-21 10:02:00,+12125550123,+14155550123,10,
2024-03-21 10:03:00,+14155550123,+12125550123,10,
2024-03-21 10:04:00,+12125550123,+12125550123,10,
2024-03-21 10:05:00,+49301234567,+12125550123,,sms
2024-03-21 10:06:00,+49301234567,+12125550123,3,
`,
		who: a, end: "2024-03-22T00:00:00Z",
		want: map[string]any{"contacts_mutual_1d": 1, "contacts_mutual_7d": 2, "contacts_1d": 3, "contacts_in_1d": 2, "contacts_in_7d": 3, "calls_1d": 6, "sms_in_1d": 1, "sms_contacts_out_1d": 0},
	},
	{
		name: "data, cells, devices, SIM change",
		csv: `service,start_time,calling_number,duration_seconds,uplink_bytes,downlink_bytes,rat,cell_id,imei,imsi,partial_sequence,visited_plmn
data,2024-03-18 10:00:00,+12125550123,60,1,10,4G,310260-7-1,350000000000011,310260000000001,,310260
data,2024-03-19 10:00:00,+12125550123,60,2,20,5g,310260-7-2,3500000000000199,310260000000002,,
data,2024-03-20 10:00:00,+12125550123,60,4,40,4g,310260-9-1,350000000000029,310260000000002,2,310410
`,
		who: a, end: "2024-03-21T00:00:00Z",
		want: map[string]any{"data_sessions_7d": 2, "data_bytes_7d": 77, "data_bytes_up_7d": 7, "data_bytes_down_7d": 70, "data_bytes_4g_7d": 55, "data_bytes_5g_7d": 22,
			"cells_7d": 3, "regions_7d": 1, "imeis_7d": 2, "imsis_7d": 2, "data_days_7d": 2, "active_days_7d": 3, "days_since_imsi_change": 1, "days_since_outgoing": 0,
			"roaming_bytes_7d": 44, "visited_countries_7d": 0, "calls_7d": 0, "out_ratio_7d": nil, "voice_days_7d": 0},
	},
	{
		name: "day of 23 hours",
		zone: "Europe/Berlin",
		csv: `start_time,calling_number,called_number,duration_seconds
2024-03-31 00:00:00,+12125550123,+14155550123,0
2024-03-31 02:30:00,+12125550123,+14155550123,0
2024-03-31 03:29:59,+12125550123,+14155550123,0
2024-03-31 23:59:59.999,+12125550123,+14155550123,0
2024-04-01 00:00:00,+12125550123,+14155550123,0
`,
		// 02:30 does not exist: the offset before the change makes it 01:30 UTC, which clocks show as 03:30
		who: a, end: "2024-03-31T22:00:00Z",
		want: map[string]any{"calls_1d": 4, "calls_24h": 4, "calls_night_1d": 3, "interval_mean_seconds_1d": (23*3600 - 0.001) / 3},
	},
	{
		name: "day of 25 hours",
		zone: "Europe/Berlin",
		csv: `start_time,calling_number,called_number,duration_seconds
2024-10-26T22:00:00Z,+12125550123,+14155550123,0
2024-10-27 02:30:00,+12125550123,+14155550123,0
2024-10-27T01:30:00Z,+12125550123,+14155550123,0
2024-10-27T22:59:59.999Z,+12125550123,+14155550123,0
`,
		// 02:30 comes twice: the first one, 00:30 UTC. The window 24h leaves out the first hour
		who: a, end: "2024-10-27T23:00:00Z",
		want: map[string]any{"calls_1d": 4, "calls_24h": 3, "calls_night_1d": 3, "interval_mean_seconds_1d": (25*3600 - 0.001) / 3},
	},
}

func TestScenarios(t *testing.T) {
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			c := Default()
			c.EmitAll = true
			if s.config != nil {
				s.config(&c)
			}
			c.Zone = zone(t, s.zone)
			expect(t, find(t, run(t, c, s.csv), s.who, s.end), s.want)
		})
	}
}
