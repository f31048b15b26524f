package server_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"crosswalk/progress"
)
