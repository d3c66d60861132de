-- DropIndex
DROP INDEX "conversation_members_user_id_idx";

-- CreateIndex
CREATE INDEX "conversation_members_user_id_conversation_id_idx" ON "conversation_members"("user_id", "conversation_id");
