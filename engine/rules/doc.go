// Package rules reads rule files and evaluates rules over feature vectors.
//
// A rule is a predicate over the features that the engine emits. Its expression is
// parsed and type-checked by expr-lang/expr and then lowered to closures over a
// [Vector]; what has no closure runs in expr's virtual machine. Null follows SQL: a
// comparison with null is null, division by zero is null, and a rule that is null
// does not hold.
//
// Most subscribers are far from every rule. What a rule needs at least, in terms of
// one feature and a constant each, is its [Gate]: whoever evaluates rules looks at
// it first, with cheap bounds of the features, and computes the vector only for
// those who pass.
package rules
