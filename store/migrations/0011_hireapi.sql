-- Tokens of the API. The secret is stored nowhere; scope is read or write. client_key is of the form that made it: the same key of an owner
-- again is the same token with a new secret.
CREATE TABLE api_tokens (
    id         TEXT   NOT NULL PRIMARY KEY,
    org_id     TEXT   NOT NULL,
    owner_id   TEXT   NOT NULL REFERENCES learners (id),
    client_key TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    scope      TEXT   NOT NULL,
    token_hash TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT,
    revoked_at BIGINT
);
CREATE UNIQUE INDEX api_tokens_hash ON api_tokens (token_hash);
CREATE UNIQUE INDEX api_tokens_key ON api_tokens (org_id, owner_id, client_key);

-- Replies to requests that carried an idempotency key, for a day. body is sealed with the token and the key, of which only hashes are here;
-- it is '' until the reply is made. assessment_id is the test whose candidates it names: erasing one drops it.
CREATE TABLE api_replies (
    token_id      TEXT    NOT NULL REFERENCES api_tokens (id),
    key_hash      TEXT    NOT NULL,
    org_id        TEXT    NOT NULL,
    request_hash  TEXT    NOT NULL,
    assessment_id TEXT    NOT NULL,
    status        INTEGER NOT NULL,
    body          TEXT    NOT NULL,
    at            BIGINT  NOT NULL,
    PRIMARY KEY (token_id, key_hash)
);
CREATE INDEX api_replies_assessment ON api_replies (org_id, assessment_id);

-- Endpoints that are told what happens to candidates. events are kinds with a comma before, between and after. old_secret signs too until
-- old_until.
CREATE TABLE webhooks (
    id         TEXT   NOT NULL PRIMARY KEY,
    org_id     TEXT   NOT NULL,
    owner_id   TEXT   NOT NULL REFERENCES learners (id),
    client_key TEXT   NOT NULL,
    url        TEXT   NOT NULL,
    events     TEXT   NOT NULL,
    secret     TEXT   NOT NULL,
    old_secret TEXT   NOT NULL,
    old_until  BIGINT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX webhooks_key ON webhooks (org_id, owner_id, client_key);

-- The outbox and the log of it: one row for each event and endpoint, written with what happened. A row names nobody: it has ids alone. state
-- is waiting, sent or failed; due_at is the next try, give_up_at when there is none any more. Whoever tries holds the row by lease until
-- leased_until.
CREATE TABLE webhook_deliveries (
    id            TEXT    NOT NULL PRIMARY KEY,
    org_id        TEXT    NOT NULL,
    webhook_id    TEXT    NOT NULL REFERENCES webhooks (id),
    kind          TEXT    NOT NULL,
    assessment_id TEXT    NOT NULL,
    candidate_id  TEXT    NOT NULL,
    sitting_id    TEXT    NOT NULL,
    at            BIGINT  NOT NULL,
    state         TEXT    NOT NULL,
    tries         INTEGER NOT NULL,
    due_at        BIGINT  NOT NULL,
    give_up_at    BIGINT  NOT NULL,
    lease         TEXT    NOT NULL,
    leased_until  BIGINT  NOT NULL,
    tried_at      BIGINT,
    status        INTEGER NOT NULL,
    problem       TEXT    NOT NULL
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (state, due_at);
CREATE INDEX webhook_deliveries_hook ON webhook_deliveries (org_id, webhook_id, at);
