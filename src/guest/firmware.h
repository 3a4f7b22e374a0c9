/* Firmware: the tables that GetSystemFirmwareTable shows, made from the world's facts. */
#ifndef COAX_GUEST_FIRMWARE_H
#define COAX_GUEST_FIRMWARE_H

#include "base/buf.h"
#include "world/world.h"

/* RawSMBIOSData (MSDN, GetSystemFirmwareTable): a head of 8 bytes and the structures of SMBIOS 2.6
 * (DMTF DSP0134). */
void firmware_smbios(const World *w, Buf *out);

/* An ACPI table by its signature ("FACP"); nothing where the machine has none of that name. */
void firmware_acpi(const World *w, uint32_t signature, Buf *out);

/* The signatures of the ACPI tables, in order; the last is 0. */
extern const uint32_t firmware_acpi_tables[];

/* Providers are numbers with the first letter of their name highest ('RSMB', 'ACPI'), tables have
 * it lowest. */
enum { FIRMWARE_SMBIOS = 0x52534d42, FIRMWARE_ACPI = 0x41435049 };

/* The ids of a provider's tables, and one of them; nothing of other providers. */
void firmware_list(uint32_t provider, Buf *out);
void firmware_get(const World *w, uint32_t provider, uint32_t table, Buf *out);

#endif
