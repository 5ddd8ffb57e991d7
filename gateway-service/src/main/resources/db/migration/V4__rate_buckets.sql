-- The same statement for H2 and PostgreSQL. Times are milliseconds since 1970.

-- How much of a limit is left; fills by the limit each minute, up to the limit. Below 0 where more was used than known.
CREATE TABLE rate_bucket (
    key_id    VARCHAR(255)     NOT NULL,
    unit      VARCHAR(16)      NOT NULL,
    level     DOUBLE PRECISION NOT NULL,
    filled_at BIGINT           NOT NULL,
    -- What the last statement was given of what it asked for.
    granted   BIGINT           NOT NULL,
    PRIMARY KEY (key_id, unit)
);
