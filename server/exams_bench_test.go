package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"crosswalk/progress"
	"crosswalk/store"
)

// noDisk is a database that says yes to every save, so that what is measured is the server.
type noDisk struct{ *store.DB }

func (noDisk) SaveItems(_ context.Context, _ progress.OrgID, _ progress.LearnerID, _ progress.SittingID, _ time.Time, saves []progress.ItemSave) ([]progress.SaveOutcome, error) {
	out := make([]progress.SaveOutcome, len(saves))
	for i, s := range saves {
		out[i] = progress.SaveOutcome{Pos: s.Pos, Seq: s.Seq, Kept: true}
	}
	return out, nil
}

// BenchmarkSave is one save without the database: routing, session, token, reading, checking and writing the reply.
func BenchmarkSave(b *testing.B) {
	s := newSite(b)
	s = s.over(b, noDisk{s.db})
	w := s.browser(b)
	w.startGuest()
	room := w.start("cpc-half")
	w.get(room)
	handle := s.srv.App().Handler()
	body := fmt.Sprintf(`{"open":1,"items":[{"pos":7,"seq":%d,"state":{"answer":{"options":[2]},"flag":true,"struck":[0,3],"secs":74,"trail":[{"at":61000,"answer":{"options":[1]}}]}}]}`, time.Now().UnixMilli())
	var ctx fasthttp.RequestCtx
	send := func() {
		ctx.Request.Reset()
		ctx.Response.Reset()
		ctx.Request.Header.SetMethod(http.MethodPost)
		ctx.Request.SetRequestURI(room + "/save")
		ctx.Request.Header.SetHost("example.com")
		ctx.Request.Header.SetCookie("crosswalk_session", w.cookies["crosswalk_session"])
		ctx.Request.Header.Set("X-Csrf-Token", w.csrf)
		ctx.Request.Header.Set("Origin", "http://example.com")
		ctx.Request.Header.SetContentType("application/json")
		ctx.Request.SetBodyString(body)
		handle(&ctx)
	}
	send()
	if ctx.Response.StatusCode() != http.StatusOK || !strings.Contains(string(ctx.Response.Body()), `"kept":true`) {
		b.Fatalf("status %d: %s", ctx.Response.StatusCode(), ctx.Response.Body())
	}
	b.ReportAllocs()
	for b.Loop() {
		send()
	}
}

// BenchmarkForm is the form of a whole CPC exam as its page asks for it.
func BenchmarkForm(b *testing.B) {
	s := newSite(b)
	w := s.browser(b)
	w.startGuest()
	room := w.start("cpc")
	handle := s.srv.App().Handler()
	var ctx fasthttp.RequestCtx
	n := 0
	for b.Loop() {
		ctx.Request.Reset()
		ctx.Response.Reset()
		ctx.Request.SetRequestURI(room + "/form")
		ctx.Request.Header.SetHost("example.com")
		ctx.Request.Header.SetCookie("crosswalk_session", w.cookies["crosswalk_session"])
		handle(&ctx)
		n = len(ctx.Response.Body())
	}
	var form formReply
	if err := json.Unmarshal(ctx.Response.Body(), &form); err != nil || len(form.Items) != 100 {
		b.Fatalf("%d items, %v", len(form.Items), err)
	}
	b.ReportMetric(float64(n), "bytes")
}
