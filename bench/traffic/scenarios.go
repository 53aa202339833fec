package traffic

// scenarios is what can be planted, in the order of the truth file: what it is,
// how long the run must be, who may have the part, and where it is written.
func scenarios() []scenario {
	return []scenario{
		{"irsf", Fraud, 5, privateMobile, playIRSF},
		{"pbx", Fraud, 8, businessLine, playPBX},
		{"wangiri", Fraud, 5, nil, playWangiri},
		{"simbox", Fraud, 8, anyMobile, playSimbox},
		{"robocall", Fraud, 8, anyLine, playRobocall},
		{"sms_spam", Fraud, 5, anyMobile, playSMSSpam},
		{"sim_hopping", Fraud, 20, anyMobile, playHopping},
		{"sim_swap", Fraud, 8, activeMobile, playSwap},
		{"forwarding", Fraud, 5, anyLine, playForwarding},
		{"roaming", Fraud, 6, privateMobile, playRoaming},
		{"subscription", Fraud, 10, anyMobile, playSubscription},

		{"churn_sudden", Churn, 40, activeMobile, playSuddenChurn},
		{"churn_decline", Churn, 45, activeMobile, playDecline},

		{"courier", Honest, 2, anyMobile, playCourier},
		{"call_centre", Honest, 2, businessLine, playCallCentre},
		{"call_shop", Honest, 2, businessLine, playCallShop},
		{"alarm_line", Honest, 2, anyLine, playAlarmLine},
		{"iot_sim", Honest, 2, anyMobile, playIoT},
		{"network_probe", Honest, 2, anyMobile, playProbe},
		{"migrant", Honest, 2, foreignBorn, playMigrant},
		{"holiday_roamer", Honest, 10, activeMobile, playHoliday},
		{"hospital", Honest, 2, businessLine, playHospital},
		{"tv_voting", Honest, 8, privateMobile, playVoting},
		{"appointment_sms", Honest, 2, anyMobile, playAppointments},
		{"new_business", Honest, 10, anyLine, playNewBusiness},
	}
}

// When people and businesses are at it, weights of the local hours.
var (
	officeHours = [24]uint16{8: 50, 9: 100, 10: 110, 11: 105, 12: 60, 13: 65, 14: 100, 15: 105, 16: 100, 17: 80, 18: 35}
	shopHours   = [24]uint16{9: 20, 10: 50, 11: 70, 12: 80, 13: 80, 14: 80, 15: 85, 16: 95, 17: 105, 18: 115, 19: 120, 20: 120, 21: 100, 22: 60}
	dayHours    = [24]uint16{8: 40, 9: 90, 10: 100, 11: 100, 12: 80, 13: 85, 14: 95, 15: 95, 16: 100, 17: 105, 18: 110, 19: 90, 20: 50, 21: 10}
	wakingHours = [24]uint16{0: 15, 1: 6, 2: 3, 3: 2, 4: 2, 5: 5, 6: 20, 7: 50, 8: 80, 9: 95, 10: 100, 11: 100, 12: 100, 13: 95, 14: 90, 15: 90, 16: 95, 17: 105, 18: 115, 19: 115, 20: 105, 21: 85, 22: 60, 23: 35}
	nightHours  = [24]uint16{0: 100, 1: 100, 2: 95, 3: 90, 4: 70, 5: 40, 6: 15, 19: 20, 20: 40, 21: 70, 22: 95, 23: 100}
)
