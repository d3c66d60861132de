-- CreateTable
CREATE TABLE "account_changes" (
    "at" TIMESTAMPTZ(6) NOT NULL,
    "user_id" UUID NOT NULL,

    CONSTRAINT "account_changes_pkey" PRIMARY KEY ("at","user_id")
);

-- CreateIndex
CREATE INDEX "users_expires_at_idx" ON "users"("expires_at");

-- CreateIndex
CREATE INDEX "sessions_expires_at_idx" ON "sessions"("expires_at");

-- Written by the database itself, so that no way by which a right is lost can forget it. The argument names the person's column.
-- A full disk must not keep anybody from losing a right: then it is noticed later, when all sockets are looked at.
CREATE FUNCTION "note_account_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "account_changes" ("at", "user_id")
  VALUES (clock_timestamp(), (to_jsonb(OLD) ->> TG_ARGV[0])::uuid) ON CONFLICT DO NOTHING;
  RETURN NULL;
EXCEPTION WHEN disk_full THEN
  RETURN NULL;
END $$;

CREATE TRIGGER "note_account_change" AFTER UPDATE OF "username", "role", "deactivated_at", "expires_at" ON "users"
  FOR EACH ROW WHEN ((OLD."username", OLD."role", OLD."deactivated_at", OLD."expires_at")
                     IS DISTINCT FROM (NEW."username", NEW."role", NEW."deactivated_at", NEW."expires_at"))
  EXECUTE FUNCTION "note_account_change"('id');

CREATE TRIGGER "note_account_change" AFTER DELETE OR UPDATE OF "expires_at" ON "sessions"
  FOR EACH ROW EXECUTE FUNCTION "note_account_change"('user_id');
