// Package ruletest reads and runs unit tests of rules: the features of a
// subscriber are given, and what a rule must say of him.
//
//	rules: builtin              # or a rule file, relative to this one
//	default: 0                  # what features have that a test does not give; else they are null
//	home: true                  # the feature home, unless a test gives it
//	tests:
//	- name: an hour of premium calls
//	  rule: irsf_premium_burst
//	  features: {premium_seconds_1h: 3600}
//	  expect: critical          # critical, warning or none
//	- name: a courier may
//	  rule: fanout_low_repeat
//	  subscriber: "4915111"     # for the lists of except
//	  default: null             # home and default may stand in a test too
//	  features: {contacts_out_30d: 400, voice_days_30d: 20}
//	  expect: none
//
// What is expected is the severity at which the rule holds at one instant. That it
// must hold for a time, or that it has fired before, is nothing that a vector knows.
package ruletest
