// Package natstest runs real NATS servers in the process of a test: one with
// JetStream that can be stopped and started again with what it stored, and
// clusters of three.
package natstest
