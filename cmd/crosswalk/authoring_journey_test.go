package main

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestLivePage: the page that an author has open follows the file; what is wrong stands on it; and a form with something typed into it is
// not taken away.
func TestLivePage(t *testing.T) {
	ctx := openBrowser(t)
	c := course{t, t.TempDir()}
	const lesson = "lessons/content/terminology/90-live.md"
	c.write(lesson, lessonText("live-page", "Before", "Text.\n\n:::check q-live-1\n:::"))
	c.write("quizzes/bank/icd10cm/live.md", oneQuestionOf("Is it so?"))
	a := startProgram(t, "-data", t.TempDir(), "-content", c.dir)
	do(t, ctx, "open the lesson", chromedp.Navigate(a.url+"/lessons/live-page"), awaitJS(`document.querySelector("h1").innerText === "Before"`))
	began := time.Now()
	c.write(lesson, lessonText("live-page", "After", "Text.\n\n:::check q-live-1\n:::"))
	do(t, ctx, "see the change", awaitOverLoads(`document.querySelector("h1").innerText === "After"`))
	t.Logf("the open page shows a change after %v", time.Since(began).Round(10*time.Millisecond))

	c.write(lesson, lessonText("live-page", "Broken", "[[icd10cm:Q]]"))
	do(t, ctx, "see what is wrong", awaitOverLoads(`document.querySelector("#authoring details")?.innerText.includes("90-live.md:")`), awaitJS(`document.querySelector("h1").innerText === "After"`))

	do(t, ctx, "begin an answer", chromedp.Click(`.question-form input[type="radio"]`, chromedp.ByQuery))
	c.write(lesson, lessonText("live-page", "Mended", "Text.\n\n:::check q-live-1\n:::"))
	do(t, ctx, "be told, and keep what was chosen", chromedp.WaitVisible(".author-moved", chromedp.ByQuery), awaitJS(`document.querySelector('.question-form input[type="radio"]').checked && document.querySelector("h1").innerText === "After"`),
		awaitJS(`!document.querySelector("#authoring details")`))
	do(t, ctx, "load it again", chromedp.Click(".author-moved a", chromedp.ByQuery), awaitOverLoads(`document.querySelector("h1").innerText === "Mended"`))
}

// awaitOverLoads waits until a script says true, over loads of the page.
func awaitOverLoads(js string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		for {
			var ok bool
			if err := chromedp.Evaluate(js, &ok).Do(ctx); err == nil && ok {
				return nil
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
}
