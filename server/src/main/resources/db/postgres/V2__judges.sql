-- What a version may do, and who is to judge it: the server that registered it, or that was asked to load it again.
-- '' is anybody. And what its registration asks for besides, as JSON, until it is judged; '' if nothing.
ALTER TABLE versions ADD COLUMN breaking SMALLINT NOT NULL DEFAULT 0 CHECK (breaking IN (0, 1));
ALTER TABLE versions ADD COLUMN judge TEXT NOT NULL DEFAULT '';
ALTER TABLE versions ADD COLUMN intent TEXT NOT NULL DEFAULT '';

DROP TRIGGER versions_are_not_changed ON versions;
CREATE TRIGGER versions_are_not_changed
BEFORE UPDATE OF model, number, digest, source, registered, registered_by, lineage, signature, breaking ON versions
FOR EACH STATEMENT EXECUTE FUNCTION refuse('what a version is made of never changes');
