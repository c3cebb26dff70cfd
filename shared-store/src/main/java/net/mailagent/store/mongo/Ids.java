package net.mailagent.store.mongo;

import net.mailagent.model.ContentId;
import net.mailagent.model.MailboxId;
import net.mailagent.model.UserId;
import org.bson.BsonDocument;
import org.bson.BsonObjectId;
import org.bson.types.ObjectId;

/** Our ids, 12 random bytes, as BSON's type of 12 bytes. Any thread. */
public final class Ids {
  private Ids() {}

  public static BsonObjectId bson(UserId id) {
    return new BsonObjectId(new ObjectId(id.hex()));
  }

  public static BsonObjectId bson(MailboxId id) {
    return new BsonObjectId(new ObjectId(id.hex()));
  }

  public static BsonObjectId bson(ContentId id) {
    return new BsonObjectId(new ObjectId(id.hex()));
  }

  public static UserId user(BsonDocument from, String field) {
    return new UserId(from.getObjectId(field).getValue().toHexString());
  }

  public static MailboxId mailbox(BsonDocument from, String field) {
    return new MailboxId(from.getObjectId(field).getValue().toHexString());
  }

  public static ContentId content(BsonDocument from, String field) {
    return new ContentId(from.getObjectId(field).getValue().toHexString());
  }
}
