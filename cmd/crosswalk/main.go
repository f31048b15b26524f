// Command crosswalk trains medical coders: it serves the pages (the default), checks content, grades answers and looks codes up.
//
//	crosswalk [serve]  [-addr 127.0.0.1:8080] [-data DIR] [-db URL] [-content DIR] [-public-url URL] [-trusted-proxies CIDR] [-demo]
//	crosswalk check    [-coverage] [-releases DIR] [-json]
//	crosswalk new      lesson|question|case|exam|hiring PATH
//	crosswalk grade    CASE-ID-or-FILE ANSWER.json [-scheme learning] [-json]
//	crosswalk audit    draw CASE -seed N [-answer] | grade CASE -seed N REPORT.json | list CASE  [-json]
//	crosswalk codes    import PATH... | releases | lookup CODE | search TEXT | conflicts CODE... | diff SET OLD NEW  [-date D] [-json]
//	crosswalk exam     list | draw BLUEPRINT -seed N  [-json]
//	crosswalk regrade  ITEM [-dry-run] | -list  [-json]
//	crosswalk override ATTEMPT [-line LINE] -points P | -undo  [-json]
//	crosswalk recalibrate [-dry-run] [-json]
//	crosswalk analyse  [EXAM | ITEM] [-area AREA] [-exam EXAM] [-from DAY] [-to DAY] [-all] [-json]
//	crosswalk policy   list | show POLICY | add FILE -owner EMAIL | retire POLICY  [-json]
//	crosswalk cohort   list | show COHORT | grades COHORT [-csv | -xlsx FILE] | invite COHORT FILE.csv  [-json]
//	crosswalk candidate list TEST | invite TEST FILE.csv [-days N] [-public-url URL] | events | link | revoke | export | erase TEST CANDIDATE  [-json]
//	crosswalk hire     list | show TEST | draw TEST -seed N | compare TEST [-csv] [-blind] | report TEST CANDIDATE [-try N] [-blind] | evidence TEST  [-json]
//	crosswalk token    list | make NAME -owner EMAIL [-scope read] [-days 90] | revoke ID  [-json]
//	crosswalk webhook  list | add URL -owner EMAIL [-events E,E] | log ID | again ID DELIVERY | rotate ID | drop ID  [-json]
//	crosswalk user     add | passwd | list | export | import FILE | erase
//	crosswalk content  import FILE [-to DIR] | export FORMAT FILE  [-area AREA] [-json]
//	crosswalk content  files | write DIR | put FILE PATH -message M [-draft]  [-json]
//	crosswalk keys     list | rotate | retire KEY  [-json]
//	crosswalk credential verify FILE [-keys FILE -revoked FILE] [-identity TEXT]  [-json]
//	crosswalk backup   FILE.zip | FILE.db
//	crosswalk restore  FILE
//	crosswalk version
//
// Flags may stand before or after arguments. The exit status is 0 when all is well, 1 when the answer is no or there are problems, 2
// for wrong usage or unreadable input.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // study days need zones on machines that have none installed
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// Exit statuses.
const (
	statusOK    = 0
	statusNo    = 1 // the answer is no, or there are problems
	statusUsage = 2 // wrong usage or unreadable input
)

// errNo makes a command end with status 1 without another word: it has said what there is to say.
var errNo = errors.New("no")

// usageError ends a command with status 2.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// command is a subcommand. Its run gets the arguments that follow its name.
type command struct {
	name, args, summary string
	run                 func(ctx context.Context, args []string, io streams) error
}

var commands []command

func init() {
	commands = []command{
		{"serve", "", "serve the pages (the default)", serve},
		{"check", "[-coverage] [-releases DIR] [-json]", "check all content, exit 1 on errors; or report what it covers", check},
		{"new", "lesson|question|case|exam|hiring PATH", "write a template that passes check", newFile},
		{"grade", "CASE-ID-or-FILE ANSWER.json [-scheme learning] [-json]", "grade an answer", grade},
		{"audit", "draw CASE | grade CASE REPORT.json | list CASE  [-seed N]", "draw audit drills, grade reports on them", auditDrills},
		{"codes", "import PATH... | releases | lookup | search | conflicts | diff", "import code sets, ask the codebook", codes},
		{"exam", "list | draw BLUEPRINT -seed N  [-json]", "list the exams and how often the bank fills them, draw a form", exam},
		{"regrade", "ITEM [-dry-run] | -list  [-json]", "grade old attempts anew after a key was mended", regrade},
		{"override", "ATTEMPT [-line LINE] -points P | -undo  [-json]", "give one line of one attempt another result", override},
		{"rollover", "[-set SET -from OLD -to NEW] [-drill DIR]  [-json]", "list what mentions codes that changed, write a drill on them", rolloverContent},
		{"recalibrate", "[-dry-run]  [-json]", "learn from all answers how hard items are and how learners forget", recalibrate},
		{"analyse", "[EXAM | ITEM] [-area AREA] [-exam EXAM] [-from DAY] [-to DAY] [-all]  [-json]", "how the items of exams and of practice fare, the worst first", analyse},
		{"policy", "list | show POLICY | add FILE -owner EMAIL | retire POLICY  [-json]", "manage grading policies of staff", policies},
		{"cohort", "list | show COHORT | grades COHORT | invite COHORT FILE.csv  [-json]", "list cohorts, print their grades, invite into them", cohortCommands},
		{"candidate", "list TEST | invite TEST FILE.csv | events | link | revoke | export | erase TEST CANDIDATE  [-json]", "invite candidates to a hiring test and manage them", candidateCommands},
		{"hire", "list | show TEST | draw TEST -seed N | compare TEST | report TEST CANDIDATE | evidence TEST  [-json]", "list and show hiring tests, draw forms, compare candidates, report on one, show what a test rests on", hireCommands},
		{"token", "list | make NAME -owner EMAIL | revoke ID  [-json]", "manage tokens of the hiring API", tokenCommand},
		{"webhook", "list | add URL -owner EMAIL | log ID | again ID DELIVERY | rotate ID | drop ID  [-json]", "manage endpoints that are told of candidates", webhookCommand},
		{"user", "add | passwd | list | export | import FILE | erase", "manage accounts", user},
		{"content", "import FILE | export FORMAT FILE | files | write DIR | put FILE PATH  [-json]", "bring questions in from other programs, take ours out; list, write out and publish files of the database", contentCommand},
		{"keys", "list | rotate | retire KEY  [-json]", "manage the keys that credentials are signed with", keys},
		{"credential", "verify FILE [-keys FILE -revoked FILE] [-identity TEXT]  [-json]", "verify the credential of a result", credentialCommand},
		{"backup", "FILE.zip | FILE.db", "copy database, book and content while the server runs", backup},
		{"restore", "FILE", "fill an empty database from a backup", restore},
		{"version", "", "print the version", printVersion},
	}
}

// run is main without the process: tests call it.
func run(ctx context.Context, args []string, io streams) int {
	name := "serve"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	} else if len(args) > 0 && (args[0] == "-h" || args[0] == "-help" || args[0] == "--help") {
		usage(io.out)
		return statusOK
	}
	if name == "help" {
		usage(io.out)
		return statusOK
	}
	for _, c := range commands {
		if c.name != name {
			continue
		}
		err := c.run(ctx, args, io)
		var usage *usageError
		switch {
		case err == nil:
			return statusOK
		case errors.Is(err, errNo):
			return statusNo
		case errors.Is(err, flag.ErrHelp):
			return statusOK
		case errors.As(err, &usage):
			fmt.Fprintf(io.err, "crosswalk %s: %s\n", name, usage.text)
			return statusUsage
		}
		fmt.Fprintf(io.err, "crosswalk %s: %v\n", name, err)
		return statusNo
	}
	fmt.Fprintf(io.err, "crosswalk: there is no command %q\n\n", name)
	usage(io.err)
	return statusUsage
}

func usage(w io.Writer) {
	fmt.Fprintln(w, "usage: crosswalk COMMAND [arguments]")
	fmt.Fprintln(w)
	for _, c := range commands {
		fmt.Fprintf(w, "  %-8s %-58s %s\n", c.name, c.args, c.summary)
	}
	fmt.Fprintln(w, "\nWithout a command the pages are served. Flags may stand before or after arguments; COMMAND -h lists a command's flags.")
}

// flags are the flags that several commands share.
type flags struct {
	*flag.FlagSet
	data, db, content string
	keyFile           string
	json              bool
}

// newFlags makes a command's flags: every command takes -data and -content.
func newFlags(name string, io streams) *flags {
	f := &flags{FlagSet: flag.NewFlagSet("crosswalk "+name, flag.ContinueOnError)}
	f.SetOutput(io.err)
	f.StringVar(&f.data, "data", "./data", "the data `folder`")
	f.StringVar(&f.content, "content", "", "a `folder` laid over the content that ships; first hit wins")
	return f
}

func (f *flags) withDB() *flags {
	f.StringVar(&f.db, "db", "", "the database: a path or a `URL` such as postgres://USER@HOST/DATABASE (default: crosswalk.db in the data folder)")
	return f
}

func (f *flags) withJSON() *flags {
	f.BoolVar(&f.json, "json", false, "print JSON")
	return f
}

// parse reads flags wherever they stand and returns the other arguments. After "--" everything is an argument.
func (f *flags) parse(args []string) ([]string, error) {
	var rest []string
	for {
		if err := f.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, usagef("%v", err)
		}
		left := f.Args()
		if len(left) == 0 {
			return rest, nil
		}
		if used := len(args) - len(left); used > 0 && args[used-1] == "--" {
			return append(rest, left...), nil
		}
		rest = append(rest, left[0])
		args = left[1:]
	}
}
