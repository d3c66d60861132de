-- CreateEnum
CREATE TYPE "session_kind" AS ENUM ('browser', 'program');

-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "generation" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "kind" "session_kind" NOT NULL DEFAULT 'browser',
ALTER COLUMN "token_hash" DROP NOT NULL;

-- CreateTable
CREATE TABLE "audit_events" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "action" TEXT NOT NULL,
    "actor_id" UUID,
    "user_id" UUID,
    "conversation_id" UUID,
    "address" TEXT,

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "audit_events_at_idx" ON "audit_events"("at");

-- CreateIndex
CREATE INDEX "audit_events_conversation_id_at_idx" ON "audit_events"("conversation_id", "at");
