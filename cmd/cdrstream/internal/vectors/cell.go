package vectors

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// number is the value of a cell of a feature.
func number(cell any) (v float64, null bool, err error) {
	switch c := cell.(type) {
	case nil:
		return 0, true, nil
	case float64:
		v = c
		if math.IsNaN(v) {
			return 0, true, nil
		}
	case int64:
		return float64(c), false, nil
	case bool:
		return flag(c), false, nil
	case string:
		return numberText(strings.TrimSpace(c))
	default:
		return 0, false, fmt.Errorf("%v is no number", c)
	}
	if math.IsInf(v, 0) {
		return 0, false, errors.New("infinite is no value of a feature: make it null")
	}
	return v, false, nil
}

// numberText reads a number, true or false.
func numberText(text string) (v float64, null bool, err error) {
	switch text {
	case "":
		return 0, true, nil
	case "true", "True", "TRUE":
		return 1, false, nil
	case "false", "False", "FALSE":
		return 0, false, nil
	}
	v, err = strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, false, fmt.Errorf("%q is no number: write one such as 12 or 0.5, or nothing for null", text)
	}
	return v, false, nil
}

func flag(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// text is the value of a cell that is a text, such as a subscriber. Files whose
// writers take numbers for numbers hold integers there.
func text(cell any) (string, error) {
	switch c := cell.(type) {
	case nil:
		return "", nil
	case string:
		return strings.TrimSpace(c), nil
	case int64:
		return strconv.FormatInt(c, 10), nil
	case bool:
		return strconv.FormatBool(c), nil
	case float64:
		if c == math.Trunc(c) && math.Abs(c) <= 1<<53 {
			return strconv.FormatFloat(c, 'f', 0, 64), nil
		}
	}
	return "", fmt.Errorf("%v is no text: store the column as text", cell)
}

// subscriber is the subscriber of a cell.
func subscriber(cell any) (string, error) {
	s, err := text(cell)
	if err == nil && s == "" {
		err = errors.New("a row without a subscriber: give it one, or leave it out")
	}
	if digits, plus := strings.CutPrefix(s, "+"); plus && digits != "" && strings.Trim(digits, "0123456789") == "" {
		s = digits
	}
	return s, err
}
