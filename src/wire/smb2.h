/* smb2: SMB 2 and 3 (MS-SMB2) as far as names, dialects, trees, files and pipes go. What is
 * encrypted is told as that. */
#ifndef COAX_WIRE_SMB2_H
#define COAX_WIRE_SMB2_H

#include "wire/session.h"

typedef struct Smb2 Smb2;

Smb2 *smb2_new(Session *s);
Smb2 *smb2_clone(Session *to, const Smb2 *from);
void smb2_free(Session *s, Smb2 *smb);
void smb2_gap(Smb2 *smb);

/* As in smb1.h; `smb` may be NULL where none was seen yet. */
void smb2_message(Session *s, Smb2 *smb, unsigned from, Span message, uint32_t length);
uint32_t smb2_wanted(const Smb2 *smb, Span head, uint32_t length);

#endif
