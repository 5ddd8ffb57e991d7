-- The W3C trace that a batch was created in; its items carry it.
ALTER TABLE batch ADD COLUMN trace_parent VARCHAR(55);
