package webhook

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/disk/disktest"
)

// Nothing leaves before its epoch is committed; then all does, in order.
func TestSends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options{})
		one, two := alertsOf(1, 0, 3), alertsOf(2, 0, 2)
		must(t, w.WriteAlerts(ctx, 1, one[:1]))
		must(t, w.WriteAlerts(ctx, 1, one[1:]))
		must(t, w.WriteAlerts(ctx, 2, two[:1]))
		_, err := w.Prepare(ctx, 1)
		must(t, err)
		must(t, w.WriteAlerts(ctx, 2, two[1:]))
		synctest.Wait()
		if n := len(w.to.all()); n > 0 {
			t.Fatalf("%d requests before the commit", n)
		}
		must(t, w.Commit(ctx, 1))
		must(t, w.Commit(ctx, 1))
		synctest.Wait()
		if got := w.to.accepted(); !slices.Equal(got, ids(one)) {
			t.Fatalf("epoch 1: %v", got)
		}
		if list := w.epoch(3, nil); len(list) != 1 {
			t.Errorf("epoch 2 is in %d files", len(list))
		}
		synctest.Wait()
		if got := w.to.accepted(); !slices.Equal(got, append(ids(one), ids(two)...)) {
			t.Fatalf("epoch 3: %v", got)
		}
		must(t, w.Close())
		if left := w.disk.Files("hook"); len(left) > 0 {
			t.Errorf("left %v", left)
		}
		// Nothing that was sent comes back, whatever happens now.
		if left := w.disk.Crash(0, 0).Files("hook/outbox"); len(left) > 0 {
			t.Errorf("left %v", left)
		}
		if st := w.Stats(); st != (Stats{Sent: 5}) {
			t.Errorf("%+v", st)
		}
	})
}

// Epochs are prepared ahead of commits; each is sent with its own.
func TestPreparedAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options{})
		var want []string
		for e := uint64(1); e <= 3; e++ {
			must(t, w.WriteAlerts(ctx, e, alertsOf(e, 0, 2)))
			_, err := w.Prepare(ctx, e)
			must(t, err)
		}
		for e := uint64(1); e <= 3; e++ {
			must(t, w.Commit(ctx, e))
			synctest.Wait()
			want = append(want, ids(alertsOf(e, 0, 2))...)
			if got := w.to.accepted(); !slices.Equal(got, want) {
				t.Errorf("after the commit of %d: %d alerts, not %d", e, len(got), len(want))
			}
		}
		must(t, w.Close())
	})
}

// The bytes of a request.
func TestRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options{Batch: 2})
		alerts := alertsOf(1, 0, 3)
		w.epoch(1, alerts)
		must(t, w.Close())
		if len(w.to.all()) != 2 {
			t.Fatalf("%d requests", len(w.to.all()))
		}
		q := w.to.all()[0]
		if want := `{"alerts":[` + string(alert.AppendJSON(nil, &alerts[0])) + "," + string(alert.AppendJSON(nil, &alerts[1])) + "]}"; q.body != want {
			t.Errorf("%s, not\n%s", q.body, want)
		}
		sum := sha256.Sum256([]byte(alerts[0].ID.String() + alerts[1].ID.String()))
		for name, want := range map[string]string{
			"Idempotency-Key": hex.EncodeToString(sum[:16]), "Content-Type": "application/json", "Authorization": "Bearer " + token, "User-Agent": "cdrstream",
		} {
			if got := q.header.Get(name); got != want {
				t.Errorf("%s: %s, not %s", name, got, want)
			}
		}
		if w.to.all()[1].header.Get("Idempotency-Key") == q.header.Get("Idempotency-Key") {
			t.Error("two batches have the same key")
		}
	})
}

func TestStates(t *testing.T) {
	all := alertsOf(1, 0, 5)
	for i, s := range []alert.State{alert.Pending, alert.Firing, alert.Resolved, alert.Suppressed, alert.Pending} {
		all[i].State = s
	}
	all[4].Type = alert.StormType
	for want, states := range map[string][]alert.State{"124": nil, "04": {alert.Pending}, "4": {}, "34": {alert.Suppressed}} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, Options{States: states})
			w.epoch(1, all)
			must(t, w.Close())
			got := ""
			for _, id := range w.to.accepted() {
				got += fmt.Sprint(slices.Index(ids(all), id))
			}
			if got != want {
				t.Errorf("%v sends %s, not %s", states, got, want)
			}
		})
	}
}

// What is no answer, or one that says later, is tried again, later each time.
func TestRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options{})
		replies := []reply{{status: 503}, {}, {status: 408}, {status: 425}, {429, "600"}, {500, "nonsense"}, {502, "99999999999"}, {504, "7200"}}
		w.to.set(false, replies...)
		begin := time.Now()
		w.epoch(1, alertsOf(1, 0, 2))
		w.epoch(2, alertsOf(2, 0, 1))
		if time.Since(begin) > 0 {
			t.Error("somebody waited for the receiver")
		}
		time.Sleep(3 * time.Hour) // of the test's own clock
		q := w.to.all()
		if len(q) != len(replies)+2 || !q[len(replies)].accepted || w.logs.String() == "" {
			t.Fatalf("%d requests, %s", len(q), w.logs)
		}
		s := time.Second
		for i, least := range []time.Duration{s / 2, s, 2 * s, 4 * s, 600 * s, 16 * s, 32 * s, time.Hour} {
			got := q[i+1].at.Sub(q[i].at)
			if most := max(2*least, least); got < least || got > most || i == 4 && got != least || i == 7 && got != least {
				t.Errorf("pause %d is %v, not from %v to %v", i, got, least, most)
			}
			if q[i].header.Get("Idempotency-Key") != q[i+1].header.Get("Idempotency-Key") || q[i].body != q[i+1].body {
				t.Errorf("request %d is another one", i+1)
			}
		}
		if got := strings.Count(w.logs.String(), "\n"); got != 1 {
			t.Errorf("logged: %s", w.logs)
		}
		if st := w.Stats(); st.Retries != int64(len(replies)) || st.Sent != 3 {
			t.Errorf("%+v", st)
		}
		must(t, w.Close())
	})
}

func TestPauses(t *testing.T) {
	for attempt, most := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8: 256 * time.Second, 9: 5 * time.Minute, 100: 5 * time.Minute, 1000: 5 * time.Minute} {
		if most == 0 {
			continue
		}
		if got := pauseAfter(attempt, 0); got != most {
			t.Errorf("after %d: %v, not %v", attempt, got, most)
		}
		if got := pauseAfter(attempt, 1); got != most/2 {
			t.Errorf("after %d: %v, not %v", attempt, got, most/2)
		}
	}
}

// Any other status sends a batch to the dead letters, and the next one goes on.
func TestRefused(t *testing.T) {
	for _, status := range []int{400, 401, 403, 404, 410, 413, 422, 301, 302, 307, 100} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, Options{Batch: 2})
			w.to.set(false, reply{status: 204}, reply{status: status})
			alerts := alertsOf(1, 0, 5)
			w.epoch(1, alerts)
			synctest.Wait()
			if got := w.to.accepted(); !slices.Equal(got, ids(append(alerts[:2:2], alerts[4]))) {
				t.Errorf("%d: taken %v", status, got)
			}
			must(t, w.Close())
			files := w.disk.Files("hook")
			if len(files) != 1 || !strings.HasPrefix(files[0], "dead/00000000000000000001-000000-") || !strings.HasSuffix(files[0], "-000001.jsonl") {
				t.Fatalf("%d: %v", status, files)
			}
			b, err := w.disk.ReadFile("hook/" + files[0])
			want := string(alert.AppendJSON(nil, &alerts[2])) + "\n" + string(alert.AppendJSON(nil, &alerts[3])) + "\n"
			if err != nil || string(b) != want {
				t.Errorf("%d: %s, %v", status, b, err)
			}
			if st := w.Stats(); st.Refused != 2 || st.Sent != 3 {
				t.Errorf("%d: %+v", status, st)
			}
			if !strings.Contains(w.logs.String(), fmt.Sprintf("2 alerts went to the dead letters: status %d", status)) {
				t.Errorf("%d: %s", status, w.logs)
			}
		})
	}
}

// A receiver that does not answer holds up nobody; a request ends after its time.
func TestHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options{Timeout: 10 * time.Second})
		w.to.set(true)
		begin := time.Now()
		var want []string
		for e := uint64(1); e <= 50; e++ {
			w.epoch(e, alertsOf(e, 0, 3))
			want = append(want, ids(alertsOf(e, 0, 3))...)
			synctest.Wait()
		}
		if d := time.Since(begin); d > 0 || len(w.to.all()) != 1 {
			t.Errorf("it took %v, %d requests", d, len(w.to.all()))
		}
		time.Sleep(10*time.Second + 1) // of the test's own clock
		w.to.set(false)
		time.Sleep(2 * time.Second) // of the test's own clock
		if got := w.to.accepted(); !slices.Equal(got, want) {
			t.Errorf("%d alerts of %d", len(got), len(want))
		}
		if !strings.Contains(w.logs.String(), "no answer in time") {
			t.Error(w.logs)
		}
		must(t, w.Close())
	})
}

// Beyond its bound the outbox loses its oldest files to the dead letters.
func TestBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		size := int64(len(alert.AppendJSON(nil, &alertsOf(1, 0, 1)[0])) + 1)
		w := newWorld(t, Options{MaxOutbox: 3 * size})
		w.to.set(true)
		for e := uint64(1); e <= 10; e++ { // the first is being sent
			w.epoch(e, alertsOf(e, 0, 1))
			synctest.Wait()
		}
		if st := w.Stats(); st.Crowded != 6 || st.Waiting != 3*size || st.Segments != 3 {
			t.Errorf("%+v", st)
		}
		w.to.set(false)
		time.Sleep(time.Minute) // of the test's own clock
		var want []string
		for _, e := range []uint64{1, 8, 9, 10} {
			want = append(want, ids(alertsOf(e, 0, 1))...)
		}
		if got := w.to.accepted(); !slices.Equal(got, want) {
			t.Errorf("sent %v, not %v", got, want)
		}
		must(t, w.Close())
		files := w.disk.Files("hook")
		for i, name := range files {
			if !strings.HasPrefix(name, fmt.Sprintf("dead/%020d-000000-", i+2)) {
				t.Errorf("dead: %s", name)
			}
		}
		if len(files) != 6 {
			t.Errorf("%v", files)
		}
		b, _ := w.disk.ReadFile("hook/" + files[0])
		if string(b) != string(alert.AppendJSON(nil, &alertsOf(2, 0, 1)[0]))+"\n" {
			t.Errorf("dead: %s", b)
		}
	})
}

// An epoch of any length passes through files of a megabyte.
func TestParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options{})
		alerts := alertsOf(1, 0, 8000)
		must(t, w.WriteAlerts(ctx, 1, alerts))
		if len(w.part.lines) >= partBytes {
			t.Errorf("%d bytes are kept", len(w.part.lines))
		}
		list, err := w.Prepare(ctx, 1)
		must(t, err)
		if len(list) < 3 {
			t.Errorf("%d files", len(list))
		}
		must(t, w.Commit(ctx, 1))
		synctest.Wait()
		if got := w.to.accepted(); !slices.Equal(got, ids(alerts)) {
			t.Errorf("%d alerts of %d", len(got), len(alerts))
		}
		must(t, w.Close())
	})
}

// Close goes on for a while, and leaves the rest to the next process.
func TestClose(t *testing.T) {
	for name, c := range map[string]struct {
		hang    bool
		replies []reply
		took    time.Duration
		sent    int
	}{
		"all is well":        {took: 0, sent: 4},
		"it hangs":           {hang: true, took: 5 * time.Second},
		"it fails":           {replies: []reply{{status: 503}, {status: 503}}, took: 0},
		"it recovers":        {replies: []reply{{status: 503}}, took: 0, sent: 4},
		"it recovers, fails": {replies: []reply{{status: 503}, {status: 200}, {status: 503}}, took: 0, sent: 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, Options{})
			w.to.set(c.hang, c.replies...)
			one, two := alertsOf(1, 0, 2), alertsOf(2, 0, 2)
			w.epoch(1, one)
			w.epoch(2, two)
			synctest.Wait()
			must(t, w.WriteAlerts(ctx, 3, alertsOf(3, 0, 1))) // never prepared
			begin := time.Now()
			must(t, w.Close())
			must(t, w.Close())
			if d := time.Since(begin); d != c.took {
				t.Errorf("%s: Close took %v, not %v", name, d, c.took)
			}
			if got := len(w.to.accepted()); got != c.sent {
				t.Errorf("%s: %d alerts are sent", name, got)
			}
			if told := strings.Contains(w.logs.String(), fmt.Sprintf("%d alerts are not acknowledged", 4-c.sent)); told != (c.sent < 4) {
				t.Errorf("%s: what is left is told: %v: %s", name, told, w.logs)
			}
			w.to.set(false)
			w = nextWorld(t, w, Options{})
			must(t, w.Recover(ctx, 2, nil))
			synctest.Wait()
			if got := w.to.accepted(); !slices.Equal(got, append(ids(one), ids(two)...)) {
				t.Errorf("%s: then %d are", name, len(got))
			}
			must(t, w.Close())
			if left := w.disk.Files("hook"); len(left) > 0 {
				t.Errorf("%s: left %v", name, left)
			}
			if err := w.WriteAlerts(ctx, 4, alertsOf(4, 0, 1)); err == nil {
				t.Error("WriteAlerts after Close was taken")
			}
		})
	}
}

// What was prepared and not committed waits for Recover; a job that begins anew
// drops it, but not what an earlier one committed.
func TestRecover(t *testing.T) {
	for _, again := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, Options{})
			w.to.set(false, reply{status: 503})
			w.epoch(1, alertsOf(1, 0, 2))
			synctest.Wait()
			w.to.set(true)
			must(t, w.WriteAlerts(ctx, 2, alertsOf(2, 0, 2)))
			list, err := w.Prepare(ctx, 2)
			must(t, err)
			must(t, w.Close())
			w.to.set(false)
			want := ids(alertsOf(1, 0, 2))
			w = nextWorld(t, w, Options{})
			if again {
				must(t, w.Recover(ctx, 2, list))
				want = append(want, ids(alertsOf(2, 0, 2))...)
			} else {
				w.epoch(1, alertsOf(1, 2, 4))
				want = append(want, ids(alertsOf(1, 2, 4))...)
			}
			synctest.Wait()
			if got := w.to.accepted(); !slices.Equal(got, want) {
				t.Errorf("again %v: %v, not %v", again, got, want)
			}
			must(t, w.Close())
			if left := w.disk.Files("hook"); len(left) > 0 {
				t.Errorf("left %v", left)
			}
		})
	}
}

// Files that cannot be read are set aside, those of others left alone.
func TestDamaged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options{})
		name := nameOf(1, 0, []byte("x"))
		must(t, w.disk.Mkdir("hook/outbox"))
		must(t, w.disk.WriteFile("hook/outbox/"+name, []byte("{\"alert_id\":\"1\"}\nrubbish\n")))
		must(t, w.disk.WriteFile("hook/outbox/README", []byte("mine")))
		w.epoch(2, alertsOf(2, 0, 1))
		synctest.Wait()
		must(t, w.Close())
		if st := w.Stats(); st.Damaged != 2 || st.Sent != 1 {
			t.Errorf("%+v", st)
		}
		if got := w.disk.Files("hook"); !slices.Equal(got, []string{"dead/" + strings.TrimSuffix(name, ".jsonl") + "-000000.jsonl", "outbox/README"}) {
			t.Errorf("%v", got)
		}
	})
}

// A dead letter that is written again, in other batches, holds the new one alone.
func TestBuryAgain(t *testing.T) {
	w := newWorld(t, Options{})
	name := nameOf(1, 0, nil)
	must(t, w.outbox.buryBatch(name, 7, []byte("1\n2\n3\n")))
	must(t, w.outbox.buryBatch(name, 7, []byte("1\n2\n")))
	files := w.disk.Crash(0, 0).Files("hook")
	if b, _ := w.disk.ReadFile("hook/" + files[0]); len(files) != 1 || string(b) != "1\n2\n" {
		t.Errorf("%v: %q", files, b)
	}
}

// A disk that fails under the sender ends the sink.
func TestSenderFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options{})
		w.to.set(false, reply{status: 503})
		w.epoch(1, alertsOf(1, 0, 1))
		synctest.Wait()
		w.disk.Fail(disktest.Fault{At: w.disk.Ops(), Err: syscall.EIO})
		time.Sleep(time.Minute) // of the test's own clock
		err := w.WriteAlerts(ctx, 2, alertsOf(2, 0, 1))
		if err == nil || !strings.Contains(err.Error(), "the disk failed") {
			t.Error(err)
		}
		if again := w.Close(); !errors.Is(again, err) {
			t.Errorf("Close: %v", again)
		}
	})
}

// Nothing that anybody reads tells the URL, the token or a number.
func TestSecrets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options{Batch: 1, MaxOutbox: 2000})
		w.to.set(false, reply{}, reply{status: 503}, reply{status: 400}, reply{status: 301})
		for e := uint64(1); e <= 6; e++ {
			w.epoch(e, alertsOf(e, 0, 2))
			synctest.Wait()
		}
		time.Sleep(time.Hour)
		said := w.logs.String()
		w.disk.Fail(disktest.Fault{At: w.disk.Ops(), Err: syscall.ENOSPC, Lasts: true})
		_ = w.WriteAlerts(ctx, 7, alertsOf(7, 0, 2))
		_, err := w.Prepare(ctx, 7)
		said += fmt.Sprint(err, w.WriteAlerts(ctx, 3, nil), w.Close())
		if !strings.Contains(said, "status 400") || !strings.Contains(said, "more than 2000 bytes") || !strings.Contains(said, "connection reset") {
			t.Errorf("hardly anything happened: %s", said)
		}
		for _, secret := range []string{"s3cr3t", "receiver.example", token, "4917"} {
			if strings.Contains(said, secret) {
				t.Errorf("%s: %s", secret, said)
			}
		}
	})
}

func TestOptions(t *testing.T) {
	for _, o := range []Options{{}, {URL: "ftp://s3cr3t"}, {URL: "https://"}, {URL: "http://s3cr3t:x y/%zz"}, {URL: "/s3cr3t"}, {URL: "https://a", Token: "s3cr3t\n"}} {
		if _, err := New(t.TempDir(), o); err == nil || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestBadAlerts(t *testing.T) {
	for name, epochs := range map[string][]uint64{"no epoch": {0}, "back": {3, 2}, "prepared": {1}} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, Options{})
			if name == "prepared" {
				w.epoch(1, nil)
			}
			for _, e := range epochs {
				_ = w.WriteAlerts(ctx, e, alertsOf(e, 0, 1))
			}
			_, err := w.Prepare(ctx, 9)
			if err == nil || strings.Contains(err.Error(), "4917") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: %v", name, err)
			}
			_ = w.Close()
			if left := w.disk.Files("hook"); len(left) > 0 || len(w.to.all()) > 0 {
				t.Errorf("%s: left %v, sent %d", name, left, len(w.to.all()))
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	good := "staged/" + nameOf(7, 3, nil)
	if e, final, err := placeOf(good); e != 7 || final != "outbox/"+nameOf(7, 3, nil) || err != nil {
		t.Error(e, final, err)
	}
	for _, name := range []string{nameOf(7, 3, nil), "outbox/" + nameOf(7, 3, nil), "staged/../" + nameOf(7, 3, nil), good + "x", "staged/99999999999999999999-000000-0123456789abcdef.jsonl"} {
		if _, _, err := placeOf(name); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// On a real disk and a real network.
func TestServer(t *testing.T) {
	bodies := make(chan string, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b := make([]byte, 1<<20)
		n, _ := r.Body.Read(b)
		bodies <- r.Method + " " + r.URL.Path + " " + r.Header.Get("Authorization") + " " + string(b[:n])
		if strings.Contains(string(b[:n]), "4917000001") {
			w.WriteHeader(http.StatusBadRequest)
		}
	}))
	defer server.Close()
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	dir := filepath.Join(t.TempDir(), "hook")
	s, err := New(dir, Options{URL: server.URL + "/in", Token: token, Batch: 1})
	must(t, err)
	alerts := alertsOf(1, 0, 2)
	must(t, s.WriteAlerts(ctx, 1, alerts))
	_, err = s.Prepare(ctx, 1)
	must(t, err)
	must(t, s.Commit(ctx, 1))
	must(t, s.Close())
	for i := range alerts {
		if got, want := <-bodies, "POST /in Bearer t0ken "+`{"alerts":[`+string(alert.AppendJSON(nil, &alerts[i]))+"]}"; got != want {
			t.Errorf("%s, not\n%s", got, want)
		}
	}
	var modes []string
	must(t, filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		must(t, err)
		st, err := e.Info()
		modes = append(modes, fmt.Sprintf("%o", st.Mode().Perm()))
		return err
	}))
	if !slices.Equal(modes, []string{"700", "700", "600"}) { // the dead letter
		t.Errorf("%v", modes)
	}
}
