// The alert about a lead that nobody has called or texted: whether somebody has acknowledged it. That is no contact.
import { when } from "./clock.js";

/** Whether this person is asked to: it is theirs, nobody's, or they look after all, and nobody has yet. */
export const asksMe = (lead, { me, hands, acknowledges }, owner = lead.owner) => !!acknowledges && !!lead.alert && !lead.alert.at && (!owner || owner === me || hands);

/** 'Jordan acknowledged 10:02 AM'; '' while nobody has, and where there is nothing to acknowledge. */
export const takenUpWords = (lead, at) => (lead.alert?.at ? `${lead.alert.by || "Somebody"} acknowledged ${when(lead.alert.at, at)}` : "");
