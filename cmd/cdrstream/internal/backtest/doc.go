// Package backtest counts what rules find among subscribers whose truth is known.
//
// Everything is counted in subscribers, not in rows: a rule has flagged a
// subscriber if it held for any of his rows. With labels, a subscriber that has a
// label and a row is one of
//
//	               flagged   not flagged
//	fraud             TP          FN
//	honest            FP          TN
//
// and for each rule, and for any of them (the union),
//
//	precision           = TP / (TP + FP)
//	recall              = TP / (TP + FN)
//	false-positive rate = FP / (FP + TN)
//
// Fraud is every kind but "", 0, honest and none (in any case of letters), or the
// kinds that [Options] names; a subscriber of another kind is then neither. Who has
// no label is neither too, unless Options say that he is honest. Who is neither is
// told in numbers of his own.
//
// Precision depends on how many of all subscribers are fraudulent, which in a
// labelled sample is seldom what it is in a network. At the prevalence p the same
// rates mean
//
//	recall p / (recall p + rate (1 - p))
//
// ([Score.PrecisionAt]). A quotient without a denominator is no number.
package backtest
