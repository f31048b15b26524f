// Package webhook signs messages by the Standard Webhooks scheme (standardwebhooks.com, version 1.0.0) and posts them to addresses that
// people of the site have chosen. It does not decide what is sent, to whom, or when again; and it reaches no machine of the network it runs
// in: the address that a name resolves to is looked at when the connection is made, redirects are not followed, and no proxy is asked.
package webhook
